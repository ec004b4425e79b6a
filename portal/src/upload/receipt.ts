// Recomputes a receipt: does the log's key sign this tree, is the leaf in it, and does the leaf speak of our document? A receipt is a
// C2SP tlog-proof (crypto/receipt.hpp); the keys come sealed from core, so the edge cannot vouch for itself with another one.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, from_base64, utf8, type Bytes } from "./encoding.ts";
import { object_of, type Json } from "./reading.ts";

export interface ParsedReceipt {
    leaf: Bytes;
    index: number;
    proof: readonly Bytes[];
    checkpoint: string; // the signed note
}

export function parse_receipt(text: string): ParsedReceipt | null {
    const match = /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (\d{1,15})\n((?:\S+\n){0,63})\n([\s\S]+)$/.exec(text);
    const leaf = from_base64(match?.[1] ?? "");
    if (!match || !leaf) {
        return null;
    }
    const proof: Bytes[] = [];
    for (const line of (match[3] ?? "").split("\n").slice(0, -1)) {
        const hash = from_base64(line);
        if (hash?.length !== 32) {
            return null;
        }
        proof.push(hash);
    }
    return { leaf, index: Number(match[2]), proof, checkpoint: match[4] ?? "" };
}

export function receipt_leaf(receipt: ParsedReceipt): Json {
    try {
        return object_of(JSON.parse(new TextDecoder().decode(receipt.leaf)) as unknown);
    } catch {
        return {};
    }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

// C2SP signed-note: "name+hash+base64(01 ‖ key)"; a signature line carries the key's hash and 64 bytes.
function opens(note: string, verifier: string): string | null {
    const [, name, , key_text] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(verifier) ?? [];
    const key = from_base64(key_text ?? "");
    const end = note.lastIndexOf("\n\n");
    if (!name || key?.length !== 33 || key[0] !== 1 || end < 0) {
        return null;
    }
    const text = note.slice(0, end + 1);
    const key_hash = sha256(concat(utf8(`${name}\n`), key)).slice(0, 4);
    for (const line of note.slice(end + 2).split("\n")) {
        const signature = from_base64(line.startsWith(`— ${name} `) ? line.slice(name.length + 3) : "");
        if (signature?.length === 68 && same(signature.slice(0, 4), key_hash)) {
            return ed25519.verify(signature.slice(4), utf8(text), key.slice(1)) ? text : null;
        }
    }
    return null;
}

// RFC 9162, section 2.1.3.2.
export function root_of(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]): Uint8Array | null {
    if (index >= size) {
        return null;
    }
    let node = index;
    let last = size - 1;
    let hash: Uint8Array = sha256(concat(new Uint8Array([0]), leaf));
    for (const sibling of proof) {
        if (last === 0) {
            return null;
        }
        if (node % 2 === 1 || node === last) {
            hash = sha256(concat(new Uint8Array([1]), sibling, hash));
            while (node % 2 === 0 && node !== 0) {
                node = Math.floor(node / 2);
                last = Math.floor(last / 2);
            }
        } else {
            hash = sha256(concat(new Uint8Array([1]), hash, sibling));
        }
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
    }
    return last === 0 ? hash : null;
}

// What the leaf must say, field by field.
export type Facts = Readonly<Record<string, string | number>>;

export function verify_receipt(text: string, verifier: string, facts: Facts): boolean {
    const receipt = parse_receipt(text);
    const head = receipt ? opens(receipt.checkpoint, verifier) : null;
    if (!receipt || head === null) {
        return false;
    }
    const [origin, size_text, root_text] = head.split("\n");
    const root = from_base64(root_text ?? "");
    const computed = /^\d{1,15}$/.test(size_text ?? "") ? root_of(receipt.leaf, receipt.index, Number(size_text), receipt.proof) : null;
    const leaf = receipt_leaf(receipt);
    return (
        origin === verifier.split("+")[0] &&
        root !== null &&
        computed !== null &&
        same(root, computed) &&
        Object.entries(facts).every(([name, value]) => leaf[name] === value)
    );
}
