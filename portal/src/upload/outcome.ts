// What core decided about one upload, sealed for the holder of the link.

import type { Localized } from "../shared/language.ts";
import { localized_of, object_of, text_of } from "./reading.ts";

export type OutcomeState = "filed" | "refused" | "redo" | "withdrawn";

export interface Outcome {
    state: OutcomeState;
    reason: Localized | null;
    code: string;
    at: string;
    receipt: string | null; // the filing receipt
}

const states: readonly OutcomeState[] = ["filed", "refused", "redo", "withdrawn"];

// null when it is about another upload: the edge may have swapped two.
export function parse_outcome(json: unknown, upload: string): Outcome | null {
    const top = object_of(json);
    const state = states.find((known) => known === top["state"]);
    if (top["v"] !== 1 || top["upload"] !== upload || !state) {
        return null;
    }
    const receipt = text_of(top["receipt"]);
    return {
        state,
        reason: top["reason"] ? localized_of(top["reason"]) : null,
        code: text_of(top["code"]),
        at: text_of(top["at"]),
        receipt: receipt === "" ? null : receipt,
    };
}
