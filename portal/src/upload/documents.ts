// The documents of this request as the uploader sees them: the edge's list, core's words, and the names only this page knows.

import type { Posting, KnownUpload } from "./posting.ts";
import type { Row } from "./progress.ts";
import type { Facts } from "./receipt.ts";
import type { Localized } from "../shared/language.ts";

export type DocumentState = "received" | "filed" | "redo" | "refused" | "withdrawn" | "unfinished";

export interface SentDocument {
    upload: string;
    item: string;
    name: string | null; // null: sent earlier, from another page
    state: DocumentState;
    reason: Localized | null;
    at: string;
    receipt: string | null; // when this page has it
    filed_receipt: string | null;
    promised: Facts | null; // what `receipt` must say
}

function state_of(upload: KnownUpload): DocumentState {
    if (upload.outcome) {
        return upload.outcome.state;
    }
    return upload.state === "receiving" ? "unfinished" : "received";
}

// Newest first. What this page has just sealed counts even if the edge's list is a moment older.
export function sent_documents(posting: Posting, rows: readonly Row[], now: string): readonly SentDocument[] {
    const own = new Map(rows.flatMap((row) => (row.sealed ? [[row.sealed.upload, row] as const] : [])));
    const documents: SentDocument[] = [];
    for (const upload of posting.uploads) {
        const row = own.get(upload.id);
        own.delete(upload.id);
        const nothing_there = upload.state === "aborted" || (upload.state === "receiving" && upload.offset === 0);
        if (nothing_there && !upload.outcome && !row) {
            continue;
        }
        documents.push({
            upload: upload.id,
            item: upload.item,
            name: row?.name ?? null,
            state: row && upload.state === "receiving" ? "received" : state_of(upload),
            reason: upload.outcome?.reason ?? null,
            at: upload.at,
            receipt: row?.sealed?.receipt ?? null,
            filed_receipt: upload.outcome?.receipt ?? null,
            promised: row?.sealed?.promised ?? null,
        });
    }
    for (const [upload, row] of own) {
        const receipt = row.sealed?.receipt ?? null;
        const promised = row.sealed?.promised ?? null;
        documents.push({
            upload,
            item: row.item,
            name: row.name,
            state: "received",
            reason: null,
            at: now,
            receipt,
            filed_receipt: null,
            promised,
        });
    }
    return documents.sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
}

// How many files of an item count: what must be sent anew does not.
export function files_there(documents: readonly SentDocument[], item: string): number {
    return documents.filter((document) => document.item === item && (document.state === "received" || document.state === "filed")).length;
}

