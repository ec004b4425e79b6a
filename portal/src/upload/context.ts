// What every screen needs: language, texts, and one way to say something to a screen reader.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Language } from "../shared/language.ts";
import { all_messages } from "./messages/choose.ts";
import type { Messages } from "./messages/messages.ts";

export interface Speech {
    language: Language;
    texts: Messages;
    announce: (text: string) => void;
}

export const SpeechContext = createContext<Speech>({ language: "nl", texts: all_messages.nl, announce: () => undefined });

export function use_speech(): Speech {
    return useContext(SpeechContext);
}
