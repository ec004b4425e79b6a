// One document from the user's disk to its receipt: read once, encrypt once, send, seal. Everything runs in the worker.

import { sha256 } from "@noble/hashes/sha2.js";
import { Encrypter } from "age-encryption";
import { parse_problem } from "../../shared/problem.ts";
import { to_base64, to_hex } from "../encoding.ts";
import { manifest_mac } from "../keys.ts";
import { object_of, text_of } from "../reading.ts";
import { sealed_length } from "./age_length.ts";
import { format_manifest } from "./manifest.ts";
import { PatientClient, Refused, refusal, Stopped } from "./patience.ts";
import { LeftTheBuffer, SealedWindow } from "./sealed_window.ts";
import { abandon_ask, StartAgain, TusUpload } from "./tus_upload.ts";
import type { Facts } from "../receipt.ts";
import type { SendRequest } from "./request.ts";

export interface Sender {
    grant: string;
    access: string;
    manifest_key: CryptoKey;
    recipient: string;
}

export interface Outgoing {
    item: string;
    file: File;
    type: string;
}

export interface Sealed {
    upload: string;
    receipt: string;
    promised: Facts; // what the receipt must say
}

export type Step = "encrypting" | "sending" | "sealing";

export interface Listener {
    step(step: Step): void;
    sent(bytes: number, of: number): void;
    started_again(): void;
}

// The file cannot be read, or is not what it was when it was chosen. Only choosing it again helps.
export class FileChanged extends Error {}

const starts_max = 4;

export async function transfer(
    client: PatientClient,
    send: SendRequest,
    sender: Sender,
    outgoing: Outgoing,
    listener: Listener,
): Promise<Sealed> {
    for (let start = 1; ; start += 1) {
        const attempt = new Attempt(client, sender, outgoing, listener);
        try {
            return await attempt.run();
        } catch (error) {
            if (attempt.upload) {
                await send(abandon_ask(attempt.upload.id, sender.access)).catch(() => undefined);
            }
            if (start === starts_max || !begins_anew(error)) {
                throw error;
            }
            listener.started_again();
        } finally {
            attempt.close();
        }
    }
}

// 422 "damaged" and "not-encrypted" mean that what arrived is not what we sent; 410 that the edge has given the upload up, after a long
// silence perhaps. When the whole request is over, the new one is told so.
function begins_anew(error: unknown): boolean {
    const status = error instanceof Refused ? error.problem.status : 0;
    return error instanceof StartAgain || error instanceof LeftTheBuffer || status === 410 || status === 422;
}

class Attempt {
    upload: TusUpload | null = null;
    private readonly plain_hash = sha256.create();
    private readonly cipher_hash = sha256.create();
    private plain_bytes = 0;
    private reader: ReadableStreamDefaultReader<Uint8Array> | null = null;

    constructor(
        private readonly client: PatientClient,
        private readonly sender: Sender,
        private readonly outgoing: Outgoing,
        private readonly listener: Listener,
    ) {}

    close(): void {
        this.reader?.cancel().catch(() => undefined);
    }

    async run(): Promise<Sealed> {
        const length = sealed_length(this.outgoing.file.size);
        this.listener.step("encrypting");
        this.listener.sent(0, length);
        const window = await this.open_window(length);
        this.upload = await TusUpload.create(this.client, this.sender.access, { item: this.outgoing.item, length });
        this.listener.step("sending");
        await this.upload.send_all(window, 0, (bytes) => this.listener.sent(bytes, length));
        this.listener.step("sealing");
        return await this.seal(window, length);
    }

    // A new file key with every call: Encrypter makes one an encryption.
    private async open_window(length: number): Promise<SealedWindow> {
        const encrypter = new Encrypter();
        encrypter.addRecipient(this.sender.recipient);
        const sealed = await encrypter.encrypt(this.plaintext());
        if (sealed.size(this.outgoing.file.size) !== length) {
            throw new Error("the length formula does not fit this recipient");
        }
        this.reader = sealed.getReader();
        return new SealedWindow(this.reader, (bytes) => this.cipher_hash.update(bytes));
    }

    private plaintext(): ReadableStream<Uint8Array> {
        const source = this.outgoing.file.stream().getReader();
        const size = this.outgoing.file.size;
        return new ReadableStream<Uint8Array>({
            pull: async (controller) => {
                const next = await source.read().catch(() => null);
                if (next && !next.done && this.plain_bytes + next.value.length <= size) {
                    this.plain_hash.update(next.value);
                    this.plain_bytes += next.value.length;
                    controller.enqueue(next.value);
                } else if (next?.done && this.plain_bytes === size) {
                    controller.close();
                } else {
                    controller.error(new FileChanged(this.outgoing.file.name));
                }
            },
            cancel: () => source.cancel(),
        });
    }

    // The body is made once: the edge takes the same seal again with the same answer, and refuses another one.
    private async seal(window: SealedWindow, length: number): Promise<Sealed> {
        if (!this.upload) {
            throw new Error("seal before create");
        }
        const ciphertext = this.cipher_hash.digest();
        const { item, file, type } = this.outgoing;
        const manifest = format_manifest({
            grant: this.sender.grant,
            item,
            name: file.name,
            type,
            size: file.size,
            digest: this.plain_hash.digest(),
            at: new Date(),
        });
        const encrypter = new Encrypter();
        encrypter.addRecipient(this.sender.recipient);
        const sealed_manifest = await encrypter.encrypt(manifest);
        const mac = to_hex(await manifest_mac(this.sender.manifest_key, manifest, ciphertext));
        const body = JSON.stringify({ manifest: to_base64(sealed_manifest), mac, sha256: to_hex(ciphertext) });
        const promised = {
            act: "upload.sealed",
            upload: this.upload.id,
            grant: this.sender.grant,
            item,
            size: length,
            sha256: to_hex(ciphertext),
            manifest: to_hex(sha256(sealed_manifest)),
            mac,
        };
        const headers = { Authorization: `Bearer ${this.sender.access}`, "Content-Type": "application/json", Accept: "application/json" };
        for (;;) {
            const answer = await this.client.until_answered({ method: "POST", url: `${this.upload.url}/seal`, headers, body });
            if (answer.status === 200 || answer.status === 201) {
                const receipt = text_of(object_of(JSON.parse(answer.body) as unknown)["receipt"]);
                return { upload: this.upload.id, receipt, promised };
            }
            if (parse_problem(answer.status, answer.body).kind !== "incomplete") {
                throw refusal(answer);
            }
            const offset = await this.upload.ask_offset();
            if (offset >= length) {
                throw new StartAgain("the server is complete and says it is not");
            }
            await this.upload.send_all(window, offset, (bytes) => this.listener.sent(bytes, length));
        }
    }
}

export type Failure =
    { kind: "changed" } | { kind: "stopped" } | { kind: "refused"; problem: string; status: number } | { kind: "broken"; detail: string };

export function failure_of(error: unknown): Failure {
    if (error instanceof FileChanged) {
        return { kind: "changed" };
    }
    if (error instanceof Stopped) {
        return { kind: "stopped" };
    }
    if (error instanceof Refused) {
        return { kind: "refused", problem: error.problem.kind, status: error.problem.status };
    }
    return { kind: "broken", detail: error instanceof Error ? error.message : String(error) };
}
