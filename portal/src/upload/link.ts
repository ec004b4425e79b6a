// The part of a link after '#': "GRANT.SECRET", 32 hex digits, a dot, 43 characters of base64url. It never leaves the device.

import { from_base64url } from "./encoding.ts";

export interface Link {
    grant: string;
    secret: Uint8Array<ArrayBuffer>; // 32 bytes
}

// null when it is no link: cut off by a mail program, or typed by hand. Grant ids are lower case; a mail program may not keep that.
export function parse_link(fragment: string): Link | null {
    const match = /^#?([0-9a-fA-F]{32})\.([A-Za-z0-9_-]{43})$/.exec(fragment.trim());
    if (!match?.[1] || !match[2]) {
        return null;
    }
    const secret = from_base64url(match[2]);
    return secret?.length === 32 ? { grant: match[1].toLowerCase(), secret } : null;
}
