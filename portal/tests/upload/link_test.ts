import assert from "node:assert/strict";
import { test } from "node:test";
import { parse_link } from "../../src/upload/link.ts";

const grant = "000102030405060708090a0b0c0d0e0f";
const secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

test("a link gives its grant and 32 bytes of secret", () => {
    const link = parse_link(`#${grant}.${secret}`);
    assert.equal(link?.grant, grant);
    assert.deepEqual(
        [...(link?.secret ?? [])],
        Array.from({ length: 32 }, (_, index) => index),
    );
});

test("capital hex digits and blanks around the link do no harm", () => {
    assert.equal(parse_link(` #${grant.toUpperCase()}.${secret} `)?.grant, grant);
});

test("a cut-off, longer or differently spelt secret is no link", () => {
    for (const wrong of [
        "",
        "#",
        grant,
        `${grant}.`,
        `${grant}.${secret.slice(1)}`,
        `${grant}.${secret}A`,
        `${grant.slice(1)}.${secret}`,
        `${grant}.${secret.slice(0, -1)}+`,
    ]) {
        assert.equal(parse_link(wrong), null, wrong);
    }
});

test("a last character with bits that belong to no byte is refused: one secret has one text", () => {
    assert.equal(parse_link(`${grant}.${secret.slice(0, -1)}9`), null);
});
