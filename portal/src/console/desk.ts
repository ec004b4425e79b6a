// What every page of the console stands on: who is signed in, the language, and where to report that the session ended.

import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Language } from "../shared/language.ts";
import type { Messages } from "./messages/choose.ts";
import type { Account } from "./model.ts";

export interface Desk {
    account: Account;
    language: Language;
    t: Messages;
    session_ended: () => void;
    say: (text: string) => void; // read out once, politely
}

export const DeskContext = createContext<Desk | null>(null);

export function use_desk(): Desk {
    const desk = useContext(DeskContext);
    if (!desk) {
        throw new Error("a page outside the desk");
    }
    return desk;
}

export function is(account: Account, role: "handler" | "advising-doctor" | "dpo" | "operator"): boolean {
    return account.roles.includes(role);
}
