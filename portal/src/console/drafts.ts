// What somebody typed and did not send yet. It lives in memory only, so that nothing stays on the device: it survives going to another
// page and signing in again after the session ended, and is dropped when another person signs in, signs out, or the page is closed.

import { useState } from "preact/hooks";

const kept = new Map<string, unknown>();
let owner = "";

export function drafts_belong_to(user: string): void {
    if (owner !== user) {
        kept.clear();
        owner = user;
    }
}

export function forget_all_drafts(): void {
    kept.clear();
    owner = "";
}

export function forget_draft(key: string): void {
    kept.delete(key);
}

// Like useState, for one form. One key has one type: the key's maker sees to that.
export function use_draft<T extends object>(key: string, empty: T): [T, (change: Partial<T>) => void] {
    const [, redraw] = useState(0);
    const value = (kept.get(key) as T | undefined) ?? empty;
    const change = (part: Partial<T>): void => {
        kept.set(key, { ...((kept.get(key) as T | undefined) ?? empty), ...part });
        redraw((n) => n + 1);
    };
    return [value, change];
}
