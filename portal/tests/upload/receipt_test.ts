import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { parse_receipt, root_of, verify_receipt } from "../../src/upload/receipt.ts";

const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leaf_hash = (leaf: Uint8Array) => sha256(Buffer.from([0]), leaf);
const node_hash = (left: Uint8Array, right: Uint8Array) => sha256(Buffer.from([1]), left, right);

// RFC 6962, section 2.1 and 2.1.1, word for word and slow.
function split(size: number): number {
    let k = 1;
    while (k * 2 < size) {
        k *= 2;
    }
    return k;
}
function tree(leaves: readonly Uint8Array[]): Buffer {
    const k = split(leaves.length);
    return leaves.length === 1 && leaves[0] ? leaf_hash(leaves[0]) : node_hash(tree(leaves.slice(0, k)), tree(leaves.slice(k)));
}
function path(index: number, leaves: readonly Uint8Array[]): Buffer[] {
    if (leaves.length === 1) {
        return [];
    }
    const k = split(leaves.length);
    return index < k
        ? [...path(index, leaves.slice(0, k)), tree(leaves.slice(k))]
        : [...path(index - k, leaves.slice(k)), tree(leaves.slice(0, k))];
}

test("a proof leads to the root for every leaf of every tree up to 20, and for no other leaf", () => {
    for (let size = 1; size <= 20; size += 1) {
        const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
        const root = tree(leaves);
        leaves.forEach((leaf, index) => {
            assert.deepEqual(Buffer.from(root_of(leaf, index, size, path(index, leaves)) ?? []), root);
            assert.notDeepEqual(Buffer.from(root_of(Buffer.from("another"), index, size, path(index, leaves)) ?? []), root);
            assert.equal(root_of(leaf, size, size, path(index, leaves)), null);
        });
    }
});

const name = "edge.example";
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = Buffer.concat([Buffer.from([1]), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
const key_id = sha256(Buffer.from(`${name}\n`), key).subarray(0, 4);
const verifier = `${name}+${key_id.toString("hex")}+${key.toString("base64")}`;

function receipt(origin = name): string {
    const leaves = [0, 1, 2].map((number) => Buffer.from(JSON.stringify({ act: "upload.sealed", upload: `u${number}` })));
    const text = `${origin}\n3\n${tree(leaves).toString("base64")}\n`;
    const signature = Buffer.concat([key_id, sign(null, Buffer.from(text), privateKey)]).toString("base64");
    const proof = path(1, leaves)
        .map((hash) => `${hash.toString("base64")}\n`)
        .join("");
    return `c2sp.org/tlog-proof@v1\nextra ${leaves[1]?.toString("base64")}\nindex 1\n${proof}\n${text}\n— ${name} ${signature}\n`;
}

test("a good receipt verifies, about the document it speaks of only", () => {
    assert.equal(verify_receipt(receipt(), verifier, { upload: "u1", act: "upload.sealed" }), true);
    assert.equal(verify_receipt(receipt(), verifier, { upload: "u2" }), false);
});

test("a receipt of a log that signs under another name is refused", () => {
    assert.equal(verify_receipt(receipt("other.example"), verifier, {}), false);
});

test("any changed character breaks a receipt, or leaves it as it was", () => {
    const good = receipt();
    const parsed = JSON.stringify(parse_receipt(good));
    for (let at = 0; at < good.length; at += 1) {
        const changed = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
        const same = JSON.stringify(parse_receipt(changed)) === parsed;
        assert.ok(same || !verify_receipt(changed, verifier, { upload: "u1" }), `at ${at}`);
    }
});

test("no text makes the reader throw", () => {
    for (const text of ["", "c2sp.org/tlog-proof@v1\n", "x".repeat(10_000), receipt().replace("extra ", "extra !")]) {
        assert.equal(verify_receipt(text, verifier, {}), false);
    }
    assert.equal(verify_receipt(receipt(), "", {}), false);
    assert.equal(verify_receipt(receipt(), "edge.example+00000000+AAAA", {}), false);
});
