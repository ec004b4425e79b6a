import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, to_base64, utf8 } from "../../src/upload/encoding.ts";
import { derive_keys } from "../../src/upload/keys.ts";
import { Closed, PostingReader, Tampered } from "../../src/upload/posting.ts";

const grant = "000102030405060708090a0b0c0d0e0f";
const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const upload = "f".repeat(32);

async function seal(version: number, json: unknown): Promise<string> {
    const root = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const expansion = { name: "HKDF", hash: "SHA-256", salt: utf8(grant), info: utf8("sluis/v1/envelope") };
    const key = await crypto.subtle.deriveKey(expansion, root, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const counter = new Uint8Array(8);
    new DataView(counter.buffer).setBigUint64(0, BigInt(version));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: concat(utf8(grant), counter) },
        key,
        utf8(JSON.stringify(json)),
    );
    return to_base64(concat(iv, new Uint8Array(sealed)));
}

const envelope = { v: 1, grant, recipient: "age1abc", organisation: "Stad", items: [{ code: "c", title: { nl: "Stuk" }, filesMax: 1 }] };

async function posting(version: number, change: object = {}, uploads: readonly unknown[] = []) {
    return {
        grant,
        version,
        state: "open",
        expiresAt: "2030-01-01T00:00:00Z",
        limits: {},
        envelope: await seal(version, { ...envelope, ...change }),
        uploads,
    };
}

const reader = async () => new PostingReader(grant, await derive_keys({ grant, secret }));

test("a posting opens with the link's key and keeps what core wrote", async () => {
    const read = await (await reader()).read(await posting(3));
    assert.equal(read.envelope.organisation, "Stad");
    assert.equal(read.envelope.items[0]?.title["nl"], "Stuk");
    assert.equal(read.state, "open");
});

test("an envelope for another grant, without a key, or of an unknown format is refused", async () => {
    for (const change of [{ grant: "0".repeat(32) }, { recipient: "" }, { v: 2 }]) {
        await assert.rejects((await reader()).read(await posting(1, change)), Tampered);
    }
});

test("an envelope under another version number than the edge claims is refused", async () => {
    await assert.rejects((await reader()).read({ ...(await posting(3)), version: 4 }), Tampered);
});

test("a closed link whose keys core destroyed is closed, not tampered with; an open one would be", async () => {
    const sealed_to_nobody = { ...(await posting(3)), version: 4 };
    await assert.rejects((await reader()).read({ ...sealed_to_nobody, state: "closed" }), Closed);
    await assert.rejects((await reader()).read({ ...sealed_to_nobody, state: "withdrawn" }), Tampered);
});

test("an older posting than one seen before is refused, the same one is not", async () => {
    const one = await reader();
    await one.read(await posting(5));
    await one.read(await posting(5));
    await assert.rejects(one.read(await posting(4)), Tampered);
});

test("a state nobody knows counts as closed", async () => {
    assert.equal((await (await reader()).read({ ...(await posting(1)), state: "wide open" })).state, "closed");
});

test("an outcome is read, and an older one shown later does not take its place", async () => {
    const one = await reader();
    const row = { id: upload, item: "c", state: "taken", size: 1, offset: 1, at: "2026-01-01T00:00:00Z" };
    const filed = { version: 2, sealed: await seal(2, { v: 1, upload, state: "filed", receipt: "text" }) };
    const redo = { version: 1, sealed: await seal(1, { v: 1, upload, state: "redo", reason: { nl: "onleesbaar" } }) };
    const first = await one.read(await posting(1, {}, [{ ...row, outcome: filed }]));
    assert.equal(first.uploads[0]?.outcome?.state, "filed");
    const second = await one.read(await posting(1, {}, [{ ...row, outcome: redo }]));
    assert.equal(second.uploads[0]?.outcome?.state, "filed");
    const third = await one.read(await posting(1, {}, [{ ...row, outcome: null }]));
    assert.equal(third.uploads[0]?.outcome?.state, "filed");
});

test("an outcome that belongs to another upload is refused", async () => {
    const outcome = { version: 1, sealed: await seal(1, { v: 1, upload: "e".repeat(32), state: "filed" }) };
    await assert.rejects((await reader()).read(await posting(1, {}, [{ id: upload, state: "taken", outcome }])), Tampered);
});
