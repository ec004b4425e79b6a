// What the steps of a new request gather, and which of them is still open.

import { end_of_day } from "../../days.ts";
import type { Language } from "../../../shared/language.ts";
import type { RequestStep } from "../../routes.ts";

export interface RequestDraft {
    party: string;
    items: readonly { type: string; required: boolean }[];
    deadline: string; // a day
    message: string;
    language: Language;
}

export function request_draft_key(dossier: string): string {
    return `request ${dossier}`;
}

export function empty_request(language: Language, deadline: string): RequestDraft {
    return { party: "", items: [], deadline, message: "", language };
}

const deadline_max_ms = 366 * 86_400_000;

export function deadline_ok(day: string, now: number): boolean {
    const end = new Date(end_of_day(day) ?? NaN).getTime();
    return end > now && end <= now + deadline_max_ms;
}

// The first step that is not answered, at or before `wanted`: nobody skips one by its address.
export function reachable(draft: RequestDraft, party_known: boolean, wanted: RequestStep, now: number): RequestStep {
    if (wanted === "who" || !party_known) {
        return "who";
    }
    if (wanted === "documents" || draft.items.length === 0) {
        return "documents";
    }
    if (wanted === "deadline" || !deadline_ok(draft.deadline, now)) {
        return "deadline";
    }
    return "check";
}
