// What the page and its worker say to each other.

import type { ConnectionState } from "./patience.ts";
import type { Facts } from "../receipt.ts";
import type { Failure, Outgoing, Sealed, Sender, Step } from "./transfer.ts";

export interface Job extends Outgoing {
    key: string; // of the row on the page
}

// A receipt to recompute: `facts` is what its leaf must say.
export interface Verification {
    text: string;
    verifier: string;
    facts: Facts;
}

export type Order =
    | { order: "send"; sender: Sender; jobs: readonly Job[] }
    | { order: "verify"; id: number; verification: Verification }
    | { order: "pause" }
    | { order: "resume" }
    | { order: "stop" };

export type Report =
    | { report: "step"; key: string; step: Step }
    | { report: "sent"; key: string; bytes: number; of: number }
    | { report: "again"; key: string }
    | { report: "sealed"; key: string; sealed: Sealed }
    | { report: "failed"; key: string; failure: Failure }
    | { report: "connection"; state: ConnectionState }
    | { report: "verified"; id: number; good: boolean }
    | { report: "finished" };
