// tus 1.0.0, the little we need: create with a known length, PATCH in order, HEAD after any doubt. The bytes come from the encrypt-once
// buffer, so whatever the server still wants is sent again exactly as it was, or not at all.

import { to_base64, utf8 } from "../encoding.ts";
import type { PatientClient } from "./patience.ts";
import { refusal } from "./patience.ts";
import type { SealedWindow } from "./sealed_window.ts";

const version = { "Tus-Resumable": "1.0.0" };

// The upload cannot go on, but a new one under a new key can.
export class StartAgain extends Error {}

export interface NewUpload {
    item: string;
    length: number;
}

export class TusUpload {
    private constructor(
        private readonly client: PatientClient,
        private readonly authorization: Readonly<Record<string, string>>,
        readonly id: string,
        private readonly length: number,
    ) {}

    // An answer that got lost leaves an empty upload behind; the edge expires it.
    static async create(client: PatientClient, access: string, wanted: NewUpload): Promise<TusUpload> {
        const authorization = { Authorization: `Bearer ${access}` };
        const answer = await client.until_answered({
            method: "POST",
            url: "/api/v1/uploads",
            whole: true,
            headers: {
                ...version,
                ...authorization,
                "Upload-Length": String(wanted.length),
                "Upload-Metadata": `item ${to_base64(utf8(wanted.item))}`,
            },
        });
        const id = /\/api\/v1\/uploads\/([0-9a-f]{32})$/.exec(answer.header("Location") ?? "")?.[1];
        if (answer.status !== 201 || !id) {
            throw refusal(answer);
        }
        return new TusUpload(client, authorization, id, wanted.length);
    }

    get url(): string {
        return `/api/v1/uploads/${this.id}`;
    }

    // Sends from where the server is to the end. `on_sent` gets the number of bytes that have left, which may fall after a failure.
    async send_all(window: SealedWindow, from: number, on_sent: (bytes: number) => void): Promise<void> {
        let offset = from;
        for (;;) {
            const body = await window.from(offset);
            if (!body) {
                if (offset !== this.length) {
                    throw new StartAgain(`the file ended at ${offset} of ${this.length}`);
                }
                return;
            }
            const at = offset;
            const answer = await this.client.try_once({
                method: "PATCH",
                url: this.url,
                headers: {
                    ...version,
                    ...this.authorization,
                    "Content-Type": "application/offset+octet-stream",
                    "Upload-Offset": String(at),
                },
                body,
                on_sent: (bytes) => on_sent(at + Math.min(bytes, body.size)),
            });
            if (answer?.status === 204) {
                offset = at + body.size;
                // A server that took less and calls it done has lost bytes somewhere in the middle: nothing it holds can be trusted.
                if (answer.header("Upload-Offset") !== String(offset)) {
                    throw new StartAgain(`the server is at ${answer.header("Upload-Offset")}, not at ${offset}`);
                }
            } else if (!answer || answer.status === 409) {
                offset = await this.ask_offset();
            } else {
                throw refusal(answer);
            }
            on_sent(offset);
        }
    }

    async ask_offset(): Promise<number> {
        const answer = await this.client.until_answered({ method: "HEAD", url: this.url, headers: { ...version, ...this.authorization } });
        const text = answer.header("Upload-Offset") ?? "";
        if (answer.status !== 200 && answer.status !== 204) {
            throw refusal(answer);
        }
        if (!/^\d{1,15}$/.test(text)) {
            throw new StartAgain("no offset");
        }
        return Number(text);
    }
}

// Best effort, once: an upload that nobody deletes expires.
export function abandon_ask(id: string, access: string) {
    return { method: "DELETE" as const, url: `/api/v1/uploads/${id}`, headers: { ...version, Authorization: `Bearer ${access}` } };
}
