// Secret 00…1f, grant "000102030405060708090a0b0c0d0e0f". The expected keys were made by hand with OpenSSL 3:
//   openssl kdf -keylen 32 -kdfopt digest:SHA2-256 -kdfopt hexkey:000102…1f -kdfopt salt:000102030405060708090a0b0c0d0e0f \
//       -kdfopt info:sluis/v1/access HKDF
// access   f05e8cb34d9fef7c64b8a43d6eb94a113b3fe686e767980c3acf62194469e544
// envelope f5571c48acbf4afc5b252255963f28d68c8bc847a5e42cd56804b7d6c4347404
// manifest 58d09ef1ebf5a69dda89a1c7e2151894ecbc108522a659b0f1ed17f222a3751d
// The sealed text and the MAC were made with Python's cryptography and hmac under these keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { from_base64url, to_hex, utf8 } from "../../src/upload/encoding.ts";
import { derive_keys, manifest_mac, open_sealed } from "../../src/upload/keys.ts";

const grant = "000102030405060708090a0b0c0d0e0f";
const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sealed = bytes("000102030405060708090a0b1728fa498f404700673e0a58bd3f5077113237b625d0322ff38996bf004fb52cc3");

test("the access token is what OpenSSL derives", async () => {
    const keys = await derive_keys({ grant, secret });
    assert.equal(
        to_hex(from_base64url(keys.access) ?? new Uint8Array()),
        "f05e8cb34d9fef7c64b8a43d6eb94a113b3fe686e767980c3acf62194469e544",
    );
});

test("the access token is the one that crypto/link.cpp derives in its own test", async () => {
    const keys = await derive_keys({ grant: "00112233445566778899aabbccddeeff", secret });
    assert.equal(
        to_hex(from_base64url(keys.access) ?? new Uint8Array()),
        "65b976c1c3a3e79cb421987f11811b7269bf99127cbaf0a585ca982148414306",
    );
});

test("the envelope key opens what another implementation sealed", async () => {
    const keys = await derive_keys({ grant, secret });
    assert.deepEqual(await open_sealed(keys.envelope, grant, 7, sealed), { hello: "world" });
});

test("another version, another grant, a changed byte or a cut end do not open", async () => {
    const { envelope } = await derive_keys({ grant, secret });
    assert.equal(await open_sealed(envelope, grant, 6, sealed), null);
    assert.equal(await open_sealed(envelope, grant.replace("f", "e"), 7, sealed), null);
    for (const at of [0, 12, 20, sealed.length - 1]) {
        const changed = sealed.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(await open_sealed(envelope, grant, 7, changed), null);
    }
    assert.equal(await open_sealed(envelope, grant, 7, sealed.slice(0, -1)), null);
    assert.equal(await open_sealed(envelope, grant, 7, sealed.slice(0, 27)), null);
});

test("the manifest's MAC covers the manifest and the ciphertext", async () => {
    const { manifest } = await derive_keys({ grant, secret });
    const ciphertext = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8("ciphertext")));
    const mac = to_hex(await manifest_mac(manifest, utf8('{"v":1}'), ciphertext));
    assert.equal(mac, "95ca7a6b01733a5aa18da2ae87285b98a8abc548a12ccf7823ce75366dfabf61");
    assert.notEqual(to_hex(await manifest_mac(manifest, utf8('{"v":2}'), ciphertext)), mac);
});

test("the keys that open and sign cannot be read out of the page", async () => {
    const keys = await derive_keys({ grant, secret });
    await assert.rejects(crypto.subtle.exportKey("raw", keys.envelope));
    await assert.rejects(crypto.subtle.exportKey("raw", keys.manifest));
});
