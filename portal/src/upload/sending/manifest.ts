// What core learns about a document, and nobody before core: crypto/manifest.hpp reads it.

import { to_hex, utf8, type Bytes } from "../encoding.ts";

export interface ManifestFacts {
    grant: string;
    item: string;
    name: string;
    type: string;
    size: number;
    digest: Uint8Array; // SHA-256 of the plaintext
    at: Date;
}

const name_bytes = 1024;

// File names may hold halves of characters, which are no UTF-8: they become U+FFFD. A too long one keeps its end, where the extension is.
export function clean_name(name: string): string {
    let clean = new TextDecoder().decode(utf8(name));
    while (utf8(clean).length > name_bytes) {
        clean = [...clean].slice(1).join("");
    }
    return clean;
}

export function format_manifest(facts: ManifestFacts): Bytes {
    return utf8(
        JSON.stringify({
            v: 1,
            grant: facts.grant,
            item: facts.item,
            name: clean_name(facts.name),
            type: facts.type,
            size: facts.size,
            sha256: to_hex(facts.digest),
            supersedes: null,
            note: "",
            sealedAt: `${facts.at.toISOString().slice(0, 19)}Z`,
        }),
    );
}
