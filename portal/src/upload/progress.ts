// What the page knows about a running transfer: the worker's reports added up. Pure, so that it can be tested without a browser.

import type { ConnectionState } from "./sending/patience.ts";
import type { Report } from "./sending/protocol.ts";
import type { Failure, Sealed } from "./sending/transfer.ts";

export type RowState = "waiting" | "encrypting" | "sending" | "sealing" | "arrived" | "failed";

export interface Row {
    key: string;
    item: string;
    name: string;
    size: number; // of the document
    state: RowState;
    sent: number; // bytes of ciphertext
    of: number;
    sealed: Sealed | null;
    failure: Failure | null;
}

export interface Transfer {
    rows: readonly Row[];
    connection: ConnectionState | null;
    again: string | null; // name of the document that is being started again
    finished: boolean;
}

export function begin_transfer(documents: readonly { key: string; item: string; name: string; size: number }[]): Transfer {
    const rows = documents.map((document) => ({
        ...document,
        state: "waiting" as const,
        sent: 0,
        of: document.size,
        sealed: null,
        failure: null,
    }));
    return { rows, connection: null, again: null, finished: false };
}

function with_row(transfer: Transfer, key: string, change: Partial<Row>): Transfer {
    return { ...transfer, rows: transfer.rows.map((row) => (row.key === key ? { ...row, ...change } : row)) };
}

export function hear_report(transfer: Transfer, report: Report): Transfer {
    switch (report.report) {
        case "step":
            return with_row(transfer, report.key, { state: report.step });
        case "sent":
            return with_row(transfer, report.key, { sent: report.bytes, of: report.of });
        case "again":
            return { ...transfer, again: transfer.rows.find((row) => row.key === report.key)?.name ?? null };
        case "sealed":
            return with_row({ ...transfer, again: null }, report.key, { state: "arrived", sealed: report.sealed });
        case "failed":
            return with_row({ ...transfer, again: null }, report.key, { state: "failed", failure: report.failure });
        case "connection":
            return { ...transfer, connection: report.state };
        case "finished":
            return { ...transfer, finished: true, connection: null };
        case "verified":
            return transfer;
    }
}

// 100 only when every document has its receipt: the last percent is the server's word, not ours.
export function percent_of(transfer: Transfer): number {
    const of = transfer.rows.reduce((sum, row) => sum + row.of, 0);
    if (transfer.rows.every((row) => row.state === "arrived")) {
        return 100;
    }
    const sent = transfer.rows.reduce((sum, row) => sum + (row.state === "arrived" ? row.of : row.sent), 0);
    return Math.min(99, Math.floor((100 * sent) / Math.max(1, of)));
}
