// What can be said about a file before it leaves: afterwards nobody on the way can look inside. Convenience, not security: core checks all again.

import { concat, to_hex } from "./encoding.ts";
import type { WantedItem } from "./envelope.ts";
import { detect_media_type } from "./media_type.ts";

export type Complaint = "empty" | "too-big" | "type" | "password" | "duplicate" | "unreadable" | "too-many";

export type Checked = { good: true; type: string; fingerprint: string } | { good: false; complaint: Complaint };

const tail_bytes = 65_536;
const fingerprint_bytes = 1024 * 1024;

// "/Encrypt" in the trailer, or in the dictionary of the cross-reference stream that startxref points to.
export async function is_locked_pdf(file: Blob): Promise<boolean> {
    const latin1 = async (part: Blob) => new TextDecoder("latin1").decode(await part.arrayBuffer());
    const tail = await latin1(file.slice(-tail_bytes));
    const parts = [tail.slice(Math.max(0, tail.lastIndexOf("trailer"))), await latin1(file.slice(0, 2048))];
    for (const match of tail.matchAll(/startxref\s+(\d{1,12})/g)) {
        const at = Number(match[1]);
        parts.push(await latin1(file.slice(at, at + 4096)));
    }
    return parts.some((part) => /\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/.test(part));
}

// Tells equal files apart from different ones within this page; never sent. Large files by both ends and length.
async function fingerprint(file: Blob): Promise<string> {
    const parts = file.size <= 2 * fingerprint_bytes ? [file] : [file.slice(0, fingerprint_bytes), file.slice(-fingerprint_bytes)];
    const bytes = await Promise.all(parts.map(async (part) => new Uint8Array(await part.arrayBuffer())));
    return `${file.size}:${to_hex(new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...bytes))))}`;
}

export interface Surroundings {
    item: WantedItem;
    bytes_max: number;
    fingerprints: ReadonlySet<string>; // of the files already chosen
}

export async function check_file(file: File, around: Surroundings): Promise<Checked> {
    const wrong = (complaint: Complaint): Checked => ({ good: false, complaint });
    if (file.size === 0) {
        return wrong("empty");
    }
    if (file.size > around.bytes_max) {
        return wrong("too-big");
    }
    try {
        const type = await detect_media_type(file);
        if (around.item.media_types.length > 0 && !around.item.media_types.includes(type)) {
            return wrong("type");
        }
        if (type === "application/pdf" && (await is_locked_pdf(file))) {
            return wrong("password");
        }
        const print = await fingerprint(file);
        return around.fingerprints.has(print) ? wrong("duplicate") : { good: true, type, fingerprint: print };
    } catch {
        return wrong("unreadable");
    }
}
