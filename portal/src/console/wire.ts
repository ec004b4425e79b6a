// From JSON to types, in one place. What core says is believed to be well formed, but not trusted to be: a field of another shape throws
// Malformed with its path, and the page says that something went wrong instead of showing half of it. Unknown fields are ignored.

import type { Localized } from "../shared/language.ts";

export class Malformed extends Error {
    constructor(path: string, wanted: string) {
        super(`${path}: not ${wanted}`);
        this.name = "Malformed";
    }
}

export type Parser<T> = (value: unknown, path: string) => T;

export const text: Parser<string> = (value, path) => {
    if (typeof value !== "string") {
        throw new Malformed(path, "a text");
    }
    return value;
};

export const count: Parser<number> = (value, path) => {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
        throw new Malformed(path, "a count");
    }
    return value;
};

export const flag: Parser<boolean> = (value, path) => {
    if (typeof value !== "boolean") {
        throw new Malformed(path, "true or false");
    }
    return value;
};

export function list<T>(item: Parser<T>): Parser<T[]> {
    return (value, path) => {
        if (!Array.isArray(value)) {
            throw new Malformed(path, "a list");
        }
        return value.map((entry: unknown, at) => item(entry, `${path}/${at}`));
    };
}

// Also for a field that is not there.
export function maybe<T>(inner: Parser<T>): Parser<T | null> {
    return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

export function otherwise<T>(inner: Parser<T>, absent: T): Parser<T> {
    return (value, path) => (value === null || value === undefined ? absent : inner(value, path));
}

// A text in some languages; a bare string counts as Dutch.
export const words: Parser<Localized> = (value, path) => {
    if (typeof value === "string") {
        return { nl: value };
    }
    const found: Record<string, string> = {};
    for (const [language, inner] of Object.entries(fields_of(value, path))) {
        found[language] = text(inner, `${path}/${language}`);
    }
    return found;
};

function fields_of(value: unknown, path: string): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new Malformed(path, "an object");
    }
    return value as Record<string, unknown>;
}

type Shape<T> = { [Key in keyof T]: Parser<T[Key]> };

// One parser a field; the result has exactly these fields.
export function object<T extends object>(shape: Shape<T>): Parser<T> {
    const keys = Object.keys(shape) as (keyof T & string)[];
    return (value, path) => {
        const fields = fields_of(value, path);
        const found: Partial<T> = {};
        for (const key of keys) {
            found[key] = shape[key](fields[key], `${path}/${key}`);
        }
        return found as T;
    };
}
