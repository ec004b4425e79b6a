import assert from "node:assert/strict";
import { test } from "node:test";
import { languages } from "../../src/shared/language.ts";
import { all_messages } from "../../src/upload/messages/choose.ts";

// Every text, functions called with marks that must come back.
function texts(value: unknown, path: string): [path: string, text: string][] {
    if (typeof value === "string") {
        return [[path, value]];
    }
    if (typeof value === "function") {
        const text: unknown = value(7, "§", "§");
        return [[path, String(text)]];
    }
    return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, path === "" ? key : `${path}.${key}`));
}

test("every language has the same texts, none of them empty", () => {
    const paths = texts(all_messages.nl, "").map(([path]) => path);
    assert.ok(paths.length > 100);
    for (const language of languages) {
        const found = texts(all_messages[language], "");
        assert.deepEqual(
            found.map(([path]) => path),
            paths,
            language,
        );
        found.forEach(([path, text]) => assert.notEqual(text.trim(), "", `${language} ${path}`));
        found.forEach(([path, text]) => assert.ok(!text.includes("undefined"), `${language} ${path}: ${text}`));
    }
});

test("no sentence is left in another language", () => {
    const nl = new Map(texts(all_messages.nl, ""));
    for (const language of languages.filter((one) => one !== "nl")) {
        for (const [path, text] of texts(all_messages[language], "")) {
            assert.ok(text.split(" ").length < 4 || text !== nl.get(path), `${language} ${path}: ${text}`);
        }
    }
});

test("Dutch sentences are short: 15 words on average at most", () => {
    const sentences = texts(all_messages.nl, "")
        .flatMap(([, text]) => text.split(/[.?!] ?/))
        .filter((sentence) => sentence.includes(" "));
    const words = sentences.reduce((sum, sentence) => sum + sentence.trim().split(/\s+/).length, 0);
    assert.ok(words / sentences.length <= 15, String(words / sentences.length));
});

test("no text promises what cannot be kept", () => {
    for (const language of languages) {
        for (const [path, text] of texts(all_messages[language], "")) {
            assert.doesNotMatch(text, /100 ?%.*(veilig|secure|sûr|sicher)|end-to-end|zero.knowledge|niemand kan/i, `${language} ${path}`);
        }
    }
});
