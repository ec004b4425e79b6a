import assert from "node:assert/strict";
import { test } from "node:test";
import { LeftTheBuffer, SealedWindow, type CipherReader } from "../../src/upload/sending/sealed_window.ts";

// A stream that would notice being made twice: every piece is random, so equal bytes can only come from the buffer.
function random_cipher(pieces: readonly number[]) {
    const made: Uint8Array[] = [];
    let next = 0;
    const reader: CipherReader = {
        read: async () => {
            const size = pieces[next];
            next += 1;
            if (size === undefined) {
                return { done: true };
            }
            const value = crypto.getRandomValues(new Uint8Array(size));
            made.push(value);
            return { done: false, value };
        },
    };
    return { reader, made, reads: () => next };
}

function whole(parts: readonly Uint8Array[]): Buffer {
    return Buffer.concat(parts);
}

async function bytes(blob: Blob | null): Promise<Buffer> {
    return Buffer.from(await (blob ?? new Blob()).arrayBuffer());
}

function seeded(seed: number): () => number {
    let state = seed;
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
    };
}

test("what is asked again is the same bytes, and is not made again", async () => {
    const cipher = random_cipher([70, 70, 70]);
    const window = new SealedWindow(cipher.reader, () => undefined, 100);
    const first = await bytes(await window.from(0));
    const reads = cipher.reads();
    assert.deepEqual(await bytes(await window.from(0)), first);
    assert.deepEqual(await bytes(await window.from(40)), first.subarray(40));
    assert.equal(cipher.reads(), reads);
});

test("at most two chunks are kept; what lies before them is gone for good", async () => {
    const window = new SealedWindow(random_cipher([100, 100, 100, 100]).reader, () => undefined, 100);
    await window.from(0);
    await window.from(100);
    await window.from(0);
    await window.from(200);
    assert.equal(window.start, 100);
    await assert.rejects(window.from(0), LeftTheBuffer);
    await assert.rejects(window.from(99), LeftTheBuffer);
    await window.from(100);
});

test("an offset past what was made is refused: a server cannot make us skip", async () => {
    const window = new SealedWindow(random_cipher([100, 100]).reader, () => undefined, 100);
    await window.from(0);
    await assert.rejects(window.from(101), LeftTheBuffer);
});

test("after the last byte there is nothing", async () => {
    const window = new SealedWindow(random_cipher([10]).reader, () => undefined, 100);
    await window.from(0);
    assert.equal(await window.from(10), null);
    assert.equal(await window.from(10), null);
});

test("over random losses, every byte is made once, observed once, in order, and sent the same each time", async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = seeded(seed);
    for (let round = 0; round < 200; round += 1) {
        const pieces = Array.from({ length: 1 + Math.floor(random() * 30) }, () => Math.floor(random() * 90));
        const total = pieces.reduce((sum, size) => sum + size, 0);
        const cipher = random_cipher(pieces);
        const observed: Buffer[] = [];
        const window = new SealedWindow(cipher.reader, (part) => observed.push(Buffer.from(part)), 100);
        const server = Buffer.alloc(total);
        let offset = 0;
        for (;;) {
            const body = await bytes(await window.from(offset));
            if (body.length === 0) {
                break;
            }
            const arrived = random() < 0.4 ? Math.floor(random() * body.length) : body.length;
            body.copy(server, offset, 0, arrived);
            offset += arrived;
        }
        assert.equal(offset, total, `seed ${seed}`);
        assert.ok(server.equals(whole(cipher.made)), `seed ${seed}`);
        assert.ok(whole(observed).equals(whole(cipher.made)), `seed ${seed}`);
        assert.equal(cipher.reads(), pieces.length + 1, `seed ${seed}`);
    }
});
