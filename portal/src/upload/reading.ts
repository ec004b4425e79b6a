// Reads JSON that came from outside into types. What is missing or of another type becomes empty or null; what matters is checked by name.

import type { Localized } from "../shared/language.ts";

export type Json = Readonly<Record<string, unknown>>;

export function object_of(value: unknown): Json {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function text_of(value: unknown): string {
    return typeof value === "string" ? value : "";
}

export function number_of(value: unknown): number {
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function list_of(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

export function localized_of(value: unknown): Localized {
    return Object.fromEntries(Object.entries(object_of(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
