// Bytes as text and back. Decoders give null instead of guessing.

export type Bytes = Uint8Array<ArrayBuffer>;

// Canonical only: padded, and no bits in the last character that belong to no byte. Two texts for one value would be one too many.
export function from_base64(text: string): Bytes | null {
    try {
        const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
        return to_base64(bytes) === text ? bytes : null;
    } catch {
        return null;
    }
}

export function to_base64(bytes: Uint8Array): string {
    let text = "";
    for (const byte of bytes) {
        text += String.fromCharCode(byte);
    }
    return btoa(text);
}

export function from_base64url(text: string): Bytes | null {
    if (!/^[A-Za-z0-9_-]*$/.test(text)) {
        return null;
    }
    return from_base64(
        text
            .replaceAll("-", "+")
            .replaceAll("_", "/")
            .padEnd(Math.ceil(text.length / 4) * 4, "="),
    );
}

export function to_base64url(bytes: Uint8Array): string {
    return to_base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function to_hex(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
    return encoder.encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}
