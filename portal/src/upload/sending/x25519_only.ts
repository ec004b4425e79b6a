// Stands in for the elliptic curve and the post-quantum suites that age-encryption can also encrypt to. The edge takes files for X25519
// recipients only, so 20 kB (gzip) of code would travel to every phone for nothing. The build puts this in their place.

function unsupported(): never {
    throw new Error("only X25519 recipients");
}

const suite = { keygen: unsupported, encapsulate: unsupported, decapsulate: unsupported, getPublicKey: unsupported };

export const MLKEM768X25519 = suite;
export const MLKEM768P256 = suite;
export const p256 = { Point: { fromBytes: unsupported }, getSharedSecret: unsupported };
