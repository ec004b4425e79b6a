// The texts: complete in four languages, and the mail preview is what core mails.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { languages } from "../../src/shared/language.ts";
import { preview_mail } from "../../src/console/mail_preview.ts";
import { messages_in, word } from "../../src/console/messages/choose.ts";
import { bundles_of, late_ones } from "../../src/console/pages/inbox.tsx";
import { by_urgency } from "../../src/console/pages/dossiers.tsx";
import { types_refused } from "../../src/console/pages/new_request/check.tsx";
import type { DossierLine } from "../../src/console/model.ts";
import { Problem } from "../../src/shared/problem.ts";

// Every text with its path; a function is called with numbers, or with names where it wants names.
function texts_of(value: unknown, path: string): [string, string][] {
    if (typeof value === "string") {
        return [[path, value]];
    }
    if (typeof value === "function") {
        return [0, 1, 2, -1].map((n): [string, string] => [`${path}(${n})`, said(value as (...given: unknown[]) => unknown, n)]);
    }
    return Object.entries(value as object).flatMap(([key, inner]) => texts_of(inner, `${path}/${key}`));
}
function said(text: (...given: unknown[]) => unknown, n: number): string {
    try {
        return String(text(n, n + 1));
    } catch (fault) {
        assert.ok(fault instanceof TypeError);
        return String(text("Naam", "Rest"));
    }
}
const keys = (language: (typeof languages)[number]): string[] => texts_of(messages_in(language), "").map(([path]) => path).sort();

test("each language has every text, also the words for states", () => {
    for (const language of languages) {
        assert.deepEqual(keys(language), keys("nl"), language);
    }
});

test("no text is empty or speaks of undefined", () => {
    for (const language of languages) {
        for (const [path, text] of texts_of(messages_in(language), language)) {
            assert.ok(text.trim() !== "" || path.includes("period"), path);
            assert.ok(!/undefined|NaN|\[object/.test(text), `${path}: ${text}`);
        }
    }
});

test("a state without a word shows itself, and names from Object are no words", () => {
    assert.equal(word({ filed: "In het dossier" }, "filed"), "In het dossier");
    assert.equal(word({ filed: "In het dossier" }, "melted"), "melted");
    assert.equal(word({}, "constructor"), "constructor");
});

function find_up(file: string): string {
    for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
        if (existsSync(join(folder, file))) {
            return join(folder, file);
        }
    }
    throw new Error(`${file} not found above`);
}

test("the previewed mail is the mail core sends, word for word", () => {
    const source = readFileSync(find_up("policies/disclosure_mail.cpp"), "utf8");
    const table = /constexpr Words invitation\[\] = \{([\s\S]*?)\n\};/.exec(source)?.[1] ?? "";
    const rows = table.replace(/"\s*\n\s*"/g, "").matchAll(/\{\s*"(\w\w)",\s*"([^"]*)",\s*"([^"]*)"\s*\}/g);
    let compared = 0;
    for (const [, language, subject, body] of rows) {
        const known = languages.find((one) => one === language);
        assert.ok(known && subject && body);
        const mail = preview_mail(known, "SOC-2026-1", "2026-12-24", "https://link");
        const day = known === "de" ? "24.12.2026" : "24/12/2026";
        const fill = (text: string): string => text.replaceAll("%1", "SOC-2026-1").replaceAll("%2", "https://link").replaceAll("%3", day).replaceAll("\\n", "\n");
        assert.equal(mail.subject, fill(subject));
        assert.equal(`${mail.paragraphs.join("\n\n")}\n`, fill(body));
        compared += 1;
    }
    assert.equal(compared, 4);
});

const line = (change: Partial<DossierLine>): DossierLine => ({
    id: "d", caseNumber: "N", caseType: "t", title: { nl: "T" }, subject: null, status: "in-treatment", handler: null,
    requests: { asked: 2, received: 1 }, deadline: "2026-11-20T22:59:59Z", consent: "given", openedAt: null, ...change,
});
const now = Date.parse("2026-11-24T12:00:00Z");

test("notices that say the same of the same dossier are one line, the newest first", () => {
    const notice = (id: string, dossier: string, kind: string, at: string) => ({ id, at, kind, caseNumber: dossier, dossier, text: { nl: kind }, done: false });
    const found = bundles_of([
        notice("1", "A", "document.filed", "2026-11-20T10:00:00Z"),
        notice("2", "B", "document.filed", "2026-11-21T10:00:00Z"),
        notice("3", "A", "document.redo", "2026-11-22T10:00:00Z"),
        notice("4", "A", "document.filed", "2026-11-23T10:00:00Z"),
    ]);
    assert.deepEqual(found.map((bundle) => bundle.notices.map(({ id }) => id)), [["4", "1"], ["3"], ["2"]]);
    assert.equal(found[0]?.latest.id, "4");
});

test("late is what is past its day and still waits", () => {
    const ids = (list: DossierLine[]): string[] => late_ones(list, now).map((one) => one.id);
    assert.deepEqual(ids([line({ id: "late" }), line({ id: "later", deadline: "2026-11-10T22:59:59Z" })]), ["later", "late"]);
    assert.deepEqual(ids([line({ requests: { asked: 2, received: 2 } }), line({ deadline: null }), line({ deadline: "2026-11-24T10:00:00Z" })]), []);
});

test("the most urgent dossier stands first", () => {
    const list = [
        line({ id: "whole", requests: { asked: 1, received: 1 }, deadline: "2026-11-01T00:00:00Z" }),
        line({ id: "soon", deadline: "2026-11-30T00:00:00Z" }),
        line({ id: "open", deadline: null }),
        line({ id: "now", deadline: "2026-11-24T00:00:00Z" }),
    ];
    assert.deepEqual(list.sort(by_urgency).map((one) => one.id), ["now", "soon", "open", "whole"]);
});

test("a refusal for want of consent is told from a wrong field", () => {
    const refused = (status: number, detail: string): Problem => new Problem(status, "invalid", "", detail);
    const wanted = ["medical-report", "certificate"];
    assert.deepEqual(types_refused(refused(422, "release-medical: missing (medical-report)"), wanted, []), ["medical-report"]);
    assert.deepEqual(types_refused(refused(422, "release-medical: withdrawn (medical-report)"), wanted, ["medical-report"]), ["medical-report"]);
    assert.deepEqual(types_refused(refused(422, "deadline: must be in the future"), wanted, ["medical-report"]), []);
    assert.deepEqual(types_refused(refused(422, 'items: this party does not hand in "x"'), wanted, []), []);
    assert.deepEqual(types_refused(refused(500, "release-medical: missing (medical-report)"), wanted, []), []);
});
