// What the link's secret becomes: independent keys by HKDF-SHA-256 with salt = the grant id as text and a label each (crypto/link.hpp).
// The access token goes to the edge; the other two stay in this browser, as keys that cannot be read out again.

import { concat, to_base64url, utf8, type Bytes } from "./encoding.ts";
import type { Link } from "./link.ts";

export interface LinkKeys {
    access: string; // bearer token, base64url
    envelope: CryptoKey; // AES-256-GCM, decrypts only
    manifest: CryptoKey; // HMAC-SHA-256, signs only
}

function expansion(grant: string, label: string): HkdfParams {
    return { name: "HKDF", hash: "SHA-256", salt: utf8(grant), info: utf8(label) };
}

export async function derive_keys(link: Link): Promise<LinkKeys> {
    const root = await crypto.subtle.importKey("raw", link.secret, "HKDF", false, ["deriveBits", "deriveKey"]);
    const access = await crypto.subtle.deriveBits(expansion(link.grant, "sluis/v1/access"), root, 256);
    const envelope = await crypto.subtle.deriveKey(
        expansion(link.grant, "sluis/v1/envelope"),
        root,
        { name: "AES-GCM", length: 256 },
        false,
        ["decrypt"],
    );
    const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
    const manifest = await crypto.subtle.deriveKey(expansion(link.grant, "sluis/v1/manifest"), root, hmac, false, ["sign"]);
    return { access: to_base64url(new Uint8Array(access)), envelope, manifest };
}

// 12 bytes of nonce, then AES-256-GCM with associated data = grant id as text, then the version as 8 bytes big-endian: an old envelope
// cannot be passed off as a new one. null when it does not open: another key, another version, or altered bytes.
export async function open_sealed(key: CryptoKey, grant: string, version: number, sealed: Bytes): Promise<unknown> {
    if (sealed.length < 12 + 16) {
        return null;
    }
    const counter = new Uint8Array(8);
    new DataView(counter.buffer).setBigUint64(0, BigInt(version));
    const parameters = { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: concat(utf8(grant), counter) };
    try {
        const plain = await crypto.subtle.decrypt(parameters, key, sealed.slice(12));
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain)) as unknown;
    } catch {
        return null;
    }
}

// HMAC(manifest key, SHA-256(manifest bytes) ‖ SHA-256(whole ciphertext)), see crypto/manifest.hpp.
export async function manifest_mac(key: CryptoKey, manifest: Bytes, ciphertext_digest: Uint8Array): Promise<Uint8Array> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", manifest));
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, concat(digest, ciphertext_digest)));
}
