// How long an age file is before it is made, so that the edge can decide before a byte is sent (C2SP age: header, nonce, STREAM payload).

const piece = 65_536; // plaintext bytes of a STREAM piece
const header = 22 + 98 + 48; // version line, one X25519 stanza, MAC line

export function sealed_length(plain: number): number {
    const pieces = Math.max(1, Math.ceil(plain / piece));
    return header + 16 + plain + 16 * pieces;
}
