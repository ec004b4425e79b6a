// What the edge says about this link: is it open, which uploads are there, and the sealed words of core. The edge is not believed about
// anything it could gain by lying: the envelope and the outcomes are opened with the link's own key, and never go back in version.

import { parse_problem } from "../shared/problem.ts";
import { from_base64 } from "./encoding.ts";
import { parse_envelope, type Envelope } from "./envelope.ts";
import { open_sealed, type LinkKeys } from "./keys.ts";
import { parse_outcome, type Outcome } from "./outcome.ts";
import { list_of, number_of, object_of, text_of, type Json } from "./reading.ts";

export type UploadState = "receiving" | "sealed" | "taken" | "aborted";

export interface KnownUpload {
    id: string;
    item: string;
    state: UploadState;
    size: number; // of the ciphertext; 0 while a foreign client has not said it
    offset: number;
    at: string;
    outcome: Outcome | null;
}

export interface Posting {
    version: number;
    state: "open" | "paused" | "withdrawn" | "closed";
    expires_at: string;
    limits: { file_bytes_max: number; files_max: number };
    envelope: Envelope;
    uploads: readonly KnownUpload[];
}

export class Tampered extends Error {}

export class Closed extends Error {}

function find<T extends string>(known: readonly T[], value: unknown): T | null {
    return known.find((candidate) => candidate === value) ?? null;
}

// One for the life of the page, so that it notices an edge that shows an older posting or outcome than it showed before.
export class PostingReader {
    private newest = 0;
    private readonly outcomes = new Map<string, { version: number; outcome: Outcome }>();

    constructor(
        private readonly grant: string,
        private readonly keys: LinkKeys,
    ) {}

    // Throws Problem (the edge refuses), Tampered (it lies), TypeError (no connection).
    async fetch(signal: AbortSignal | null = null): Promise<Posting> {
        const headers = { Authorization: `Bearer ${this.keys.access}`, Accept: "application/json" };
        const answer = await fetch("/api/v1/posting", { headers, cache: "no-store", credentials: "omit", signal });
        const body = await answer.text();
        if (!answer.ok) {
            throw parse_problem(answer.status, body);
        }
        return this.read(JSON.parse(body) as unknown);
    }

    async read(json: unknown): Promise<Posting> {
        const top = object_of(json);
        const version = number_of(top["version"]);
        const sealed = from_base64(text_of(top["envelope"]));
        const opened = sealed ? await open_sealed(this.keys.envelope, this.grant, version, sealed) : null;
        const envelope = parse_envelope(opened, this.grant);
        if (!envelope && top["state"] === "closed") {
            throw new Closed("closed for good: nobody has its keys any more");
        }
        if (!envelope || version < this.newest) {
            throw new Tampered(envelope ? "an older posting than before" : "the envelope does not open");
        }
        this.newest = version;
        const limits = object_of(top["limits"]);
        const uploads: KnownUpload[] = [];
        for (const upload of list_of(top["uploads"])) {
            uploads.push(await this.read_upload(object_of(upload)));
        }
        return {
            version,
            state: find(["open", "paused", "withdrawn", "closed"] as const, top["state"]) ?? "closed",
            expires_at: text_of(top["expiresAt"]),
            limits: { file_bytes_max: number_of(limits["fileBytesMax"]), files_max: number_of(limits["filesMax"]) },
            envelope,
            uploads,
        };
    }

    private async read_upload(upload: Json): Promise<KnownUpload> {
        const id = text_of(upload["id"]);
        return {
            id,
            item: text_of(upload["item"]),
            state: find(["receiving", "sealed", "taken", "aborted"] as const, upload["state"]) ?? "aborted",
            size: number_of(upload["size"] ?? 0),
            offset: number_of(upload["offset"]),
            at: text_of(upload["at"]),
            outcome: await this.read_outcome(id, object_of(upload["outcome"])),
        };
    }

    private async read_outcome(upload: string, outcome: Json): Promise<Outcome | null> {
        const known = this.outcomes.get(upload);
        const version = number_of(outcome["version"]);
        const sealed = from_base64(text_of(outcome["sealed"]));
        if (!sealed || sealed.length === 0 || (known && version <= known.version)) {
            return known?.outcome ?? null;
        }
        const opened = parse_outcome(await open_sealed(this.keys.envelope, this.grant, version, sealed), upload);
        if (!opened) {
            throw new Tampered("an outcome does not open");
        }
        this.outcomes.set(upload, { version, outcome: opened });
        return opened;
    }
}

// The acceptance receipt of an upload, for who opens the link again later.
export async function fetch_receipt(access: string, upload: string): Promise<string> {
    const answer = await fetch(`/api/v1/uploads/${upload}/receipt`, {
        headers: { Authorization: `Bearer ${access}` },
        cache: "no-store",
        credentials: "omit",
    });
    const body = await answer.text();
    if (!answer.ok) {
        throw parse_problem(answer.status, body);
    }
    return body;
}
