import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { failure_of, transfer, type Listener } from "../../src/upload/sending/transfer.ts";
import { answer, EdgeInMemory, problem, type Fault } from "./edge_in_memory.ts";

const identity = await generateX25519Identity();
const sender = {
    grant: "0".repeat(32),
    access: "token",
    recipient: await identityToRecipient(identity),
    manifest_key: await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]),
};
const content: Buffer<ArrayBuffer> = Buffer.from(new Uint8Array(randomBytes(9_500_000))); // three chunks
const short = new Uint8Array(randomBytes(200_000));

function send(edge: EdgeInMemory, bytes: Uint8Array = content, listener: Partial<Listener> = {}) {
    const file = new File([bytes as Uint8Array<ArrayBuffer>], "verslag \ud800.pdf");
    const quiet: Listener = { step: () => undefined, sent: () => undefined, started_again: () => undefined, ...listener };
    return transfer(edge.client, edge.send, sender, { item: "code", file, type: "application/pdf" }, quiet);
}

async function open(bytes: Uint8Array): Promise<Buffer> {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return Buffer.from(await decrypter.decrypt(bytes));
}

async function refused(fault: Fault) {
    const edge = new EdgeInMemory(fault);
    const failure = failure_of(
        await send(edge, short).then(
            () => null,
            (error: unknown) => error,
        ),
    );
    return { edge, failure };
}

// No block goes out in two versions: whatever was sent for one upload at one place was the same each time.
function assert_sent_once(edge: EdgeInMemory): void {
    const seen = new Map<string, Buffer>();
    for (const { upload, offset, bytes } of edge.bodies) {
        const whole = seen.get(upload) ?? Buffer.alloc(10_000_000);
        const known = seen.get(`${upload} end`)?.readDoubleLE(0) ?? 0;
        const both = Math.max(0, Math.min(known - offset, bytes.length));
        assert.ok(whole.subarray(offset, offset + both).equals(bytes.subarray(0, both)), `two versions at ${offset}`);
        bytes.copy(whole, offset);
        const end = Buffer.alloc(8);
        end.writeDoubleLE(Math.max(known, offset + bytes.length));
        seen.set(upload, whole).set(`${upload} end`, end);
    }
}

test("a document arrives, opens, and its manifest says what it is", async () => {
    const edge = new EdgeInMemory();
    const sealed = await send(edge);
    const kept = edge.uploads.get(sealed.upload);
    assert.ok((await open(kept?.bytes ?? new Uint8Array())).equals(content));
    assert.equal(
        sealed.promised["sha256"],
        createHash("sha256")
            .update(kept?.bytes ?? "")
            .digest("hex"),
    );
    assert.equal(sealed.receipt, `receipt of ${sealed.upload}`);
    const body = JSON.parse(kept?.seal ?? "") as { manifest: string; mac: string };
    assert.equal(sealed.promised["mac"], body.mac);
    assert.equal(sealed.promised["size"], kept?.bytes.length);
    assert.equal(sealed.promised["manifest"], createHash("sha256").update(Buffer.from(body.manifest, "base64")).digest("hex"));
    const manifest = JSON.parse((await open(Buffer.from(body.manifest, "base64"))).toString()) as Record<string, unknown>;
    assert.deepEqual(
        { ...manifest, sealedAt: null },
        {
            v: 1,
            grant: sender.grant,
            item: "code",
            name: "verslag \ufffd.pdf",
            type: "application/pdf",
            size: content.length,
            sha256: createHash("sha256").update(content).digest("hex"),
            supersedes: null,
            note: "",
            sealedAt: null,
        },
    );
    assert.match(String(manifest["sealedAt"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("an empty upload would still be a whole age file", async () => {
    const edge = new EdgeInMemory();
    const sealed = await send(edge, new Uint8Array());
    assert.equal((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).length, 0);
});

test("through losses of requests, answers and halves of bodies the bytes stay the same", async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    let state = seed;
    const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    for (let round = 0; round < 3; round += 1) {
        let lost = false;
        const edge = new EdgeInMemory((ask) => {
            const chance = random();
            if (ask.method === "PATCH" && (chance < 0.3 || !lost)) {
                lost = true;
                return { keep: Math.floor(random() * 4_000_000) };
            }
            return chance < 0.4 ? "break" : chance < 0.45 ? "break-after" : chance < 0.5 ? answer(503, { "retry-after": "1" }) : null;
        });
        const sealed = await send(edge);
        assert.ok((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).equals(content), `seed ${seed}`);
        assert_sent_once(edge);
        assert.ok(edge.waits > 0, `seed ${seed}`);
        assert.ok(edge.states.includes("back"), `seed ${seed}`);
    }
});

test("an upload that the edge has given up starts again", async () => {
    let again = 0;
    let gone = false;
    const edge = new EdgeInMemory((ask) => {
        if (ask.method !== "PATCH" || gone) {
            return null;
        }
        gone = true;
        return problem(410, "gone");
    });
    const sealed = await send(edge, short, { started_again: () => (again += 1) });
    assert.equal(again, 1);
    assert.ok((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).equals(Buffer.from(short)));
});

test("a lost answer to the seal is asked again with the same body", async () => {
    const edge = new EdgeInMemory((ask, number) => (ask.url.endsWith("/seal") && number < 7 ? "break-after" : null));
    await send(edge);
    const bodies = edge.asks.filter((ask) => ask.url.endsWith("/seal")).map((ask) => ask.body);
    assert.ok(bodies.length > 1);
    assert.equal(new Set(bodies).size, 1);
});

test("a 204 with a smaller offset is an error: the document starts again under a new key", async () => {
    let again = 0;
    const edge = new EdgeInMemory((ask, number) =>
        ask.method === "PATCH" && number === 2 ? answer(204, { "upload-offset": "65536" }) : null,
    );
    const sealed = await send(edge, content, { started_again: () => (again += 1) });
    assert.equal(again, 1);
    assert.equal(edge.uploads.size, 1);
    assert.ok((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).equals(content));
});

test("a server that has lost more than we keep gets a new upload, never the old blocks made anew", async () => {
    const edge = new EdgeInMemory((ask, number) => {
        if (number === 4 && ask.method === "PATCH") {
            [...edge.uploads.values()].forEach((upload) => (upload.bytes = Buffer.alloc(0)));
            return "break";
        }
        return null;
    });
    const sealed = await send(edge);
    assert.equal(edge.asks.filter((ask) => ask.url === "/api/v1/uploads").length, 2);
    const starts = edge.bodies.filter((body) => body.offset === 0);
    assert.equal(starts.length, 2);
    assert.ok(!starts[0]?.bytes.equals(starts[1]?.bytes ?? Buffer.alloc(0)));
    assert.ok((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).equals(content));
});

test("a damaged seal is tried a few times with new uploads, then given up, and nothing is left behind", async () => {
    const { edge, failure } = await refused((ask) => (ask.url.endsWith("/seal") ? problem(422, "damaged") : null));
    assert.deepEqual(failure, { kind: "refused", problem: "damaged", status: 422 });
    assert.equal(edge.asks.filter((ask) => ask.url === "/api/v1/uploads").length, 4);
    assert.equal(edge.uploads.size, 0);
});

test("what the server has decided stops at once", async () => {
    for (const [status, kind] of [
        [401, "unauthorized"],
        [403, "forbidden"],
        [404, "not-found"],
        [413, "too-large"],
        [507, "no-space"],
    ] as const) {
        const { edge, failure } = await refused((ask) => (ask.method === "PATCH" ? problem(status, kind) : null));
        assert.deepEqual(failure, { kind: "refused", problem: kind, status });
        assert.equal(edge.asks.filter((ask) => ask.method === "PATCH").length, 1);
    }
});

test("a refusal of the creation is told with its meaning", async () => {
    const { failure } = await refused((ask) => (ask.method === "POST" ? problem(413, "too-large") : null));
    assert.deepEqual(failure, { kind: "refused", problem: "too-large", status: 413 });
});

test("a stop ends the transfer and deletes what was there", async () => {
    const edge = new EdgeInMemory((ask, number) => {
        if (ask.method === "PATCH" && number === 3) {
            edge.control.stop();
        }
        return null;
    });
    assert.deepEqual(
        failure_of(
            await send(edge).then(
                () => null,
                (error: unknown) => error,
            ),
        ),
        { kind: "stopped" },
    );
    assert.equal(edge.uploads.size, 0);
});

test("a pause sends nothing; resuming goes on where the server is", async () => {
    let paused: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (paused = resolve));
    const edge = new EdgeInMemory((ask, number) => {
        if (ask.method === "PATCH" && number === 2) {
            edge.control.pause();
            paused();
        }
        return null;
    });
    const sending = send(edge);
    await reached;
    await new Promise((resolve) => setTimeout(resolve, 500)); // long enough for a whole chunk more, if it did not wait
    assert.equal(edge.asks.length, 2);
    edge.control.resume();
    const sealed = await sending;
    assert.ok((await open(edge.uploads.get(sealed.upload)?.bytes ?? new Uint8Array())).equals(content));
});

test("a file that became shorter or longer than it was is named, not sent", async () => {
    for (const length of [short.length - 1, short.length + 1]) {
        const file = new File([short], "a.pdf");
        Object.defineProperty(file, "size", { value: length });
        const edge = new EdgeInMemory();
        const quiet: Listener = { step: () => undefined, sent: () => undefined, started_again: () => undefined };
        const error: unknown = await transfer(edge.client, edge.send, sender, { item: "code", file, type: "" }, quiet).then(
            () => null,
            (thrown: unknown) => thrown,
        );
        assert.deepEqual(failure_of(error), { kind: "changed" });
        assert.equal(edge.uploads.size, 0);
    }
});

test("progress never says more than the whole, and ends at it", async () => {
    const told: [number, number][] = [];
    await send(new EdgeInMemory(), content, { sent: (bytes, of) => told.push([bytes, of]) });
    assert.ok(told.every(([bytes, of]) => bytes <= of));
    assert.equal(told.at(-1)?.[0], told.at(-1)?.[1]);
});
