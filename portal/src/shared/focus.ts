// Where the keyboard is after a page changed: on the heading, so that a screen reader starts there and not somewhere in the old page.

import { useEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

// Put the ref on an element with tabIndex={-1}. Focus moves when `key` changes, not at the first load: the browser does that itself.
export function use_focus_on_change<T extends HTMLElement>(key: unknown): RefObject<T | null> {
    const target = useRef<T>(null);
    const before = useRef(key);
    useEffect(() => {
        if (before.current !== key) {
            before.current = key;
            target.current?.focus({ preventScroll: false });
        }
    }, [key]);
    return target;
}

export function use_title(title: string): void {
    useEffect(() => {
        document.title = title;
    }, [title]);
}

export function use_document_language(language: string): void {
    useEffect(() => {
        document.documentElement.lang = language;
    }, [language]);
}
