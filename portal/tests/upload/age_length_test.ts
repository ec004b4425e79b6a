import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import assert from "node:assert/strict";
import { test } from "node:test";
import { sealed_length } from "../../src/upload/sending/age_length.ts";

test("the formula gives the two lengths measured with age(1)", () => {
    assert.equal(sealed_length(0), 200);
    assert.equal(sealed_length(300_000_000), 300_073_432);
});

test("the formula is the length of what the encrypter makes, around every edge of a piece", async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 200_000]) {
        const encrypter = new Encrypter();
        encrypter.addRecipient(recipient);
        assert.equal((await encrypter.encrypt(new Uint8Array(size))).length, sealed_length(size), `${size} bytes`);
    }
});
