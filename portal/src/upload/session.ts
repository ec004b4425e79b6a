// From the address bar to an opened posting, and every reason why that may fail, in the words of the stop screen.

import { Problem } from "../shared/problem.ts";
import { derive_keys, type LinkKeys } from "./keys.ts";
import { parse_link } from "./link.ts";
import { Closed, PostingReader, Tampered, type Posting } from "./posting.ts";
import type { Stop } from "./screens/stop_screen.tsx";

export interface Session {
    grant: string;
    keys: LinkKeys;
    reader: PostingReader;
}

function browser_is_able(): boolean {
    return (
        isSecureContext &&
        typeof crypto.subtle === "object" &&
        typeof Worker === "function" &&
        typeof ReadableStream === "function" &&
        typeof TransformStream === "function" &&
        typeof Blob.prototype.stream === "function"
    );
}

const stop = (kind: Stop["kind"], detail = ""): Stop => ({ kind, detail, envelope: null });

// The fragment stays in the address bar, so that a reload works; nothing ever sends it.
export async function open_session(fragment: string): Promise<Session | Stop> {
    const link = parse_link(fragment);
    if (!link) {
        return stop("no_link");
    }
    if (!browser_is_able()) {
        return stop("browser");
    }
    const keys = await derive_keys(link);
    link.secret.fill(0);
    return { grant: link.grant, keys, reader: new PostingReader(link.grant, keys) };
}

export function is_stop(value: Session | Stop): value is Stop {
    return "kind" in value;
}

// A link that is unknown, used up or wrong gets the same words: the page is no oracle.
export function stop_after(error: unknown): Stop {
    if (error instanceof Tampered) {
        return stop("tampered");
    }
    if (error instanceof Closed) {
        return stop("closed");
    }
    if (error instanceof Problem) {
        if (error.status === 429 || error.status >= 500) {
            return stop("maintenance");
        }
        return stop(error.status === 403 ? "closed" : "expired");
    }
    return stop(error instanceof SyntaxError ? "maintenance" : "offline");
}

// null: documents may be sent.
export function stop_of_posting(posting: Posting, now: number): Stop | null {
    const { envelope } = posting;
    if (posting.state === "withdrawn" || envelope.consent.state === "withdrawn") {
        return { kind: "withdrawn", detail: "", envelope };
    }
    if (posting.state !== "open") {
        return { kind: posting.state, detail: "", envelope };
    }
    return new Date(posting.expires_at).getTime() <= now ? { kind: "expired", detail: posting.expires_at, envelope } : null;
}
