import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

interface Entry {
    path: string;
    file: string;
    type: string;
    size: number;
    sha256: string;
    immutable: boolean;
}

// The tests run from portal/: `npm test` starts there.
const build = (folder: string) => execFileSync(process.execPath, ["build.mjs", "--out", folder, "--embed", join(folder, "embed")]);
const first = mkdtempSync(join(tmpdir(), "sluis-portal-"));
const second = mkdtempSync(join(tmpdir(), "sluis-portal-"));
build(first);
build(second);
const manifest = (folder: string, app: string) => JSON.parse(readFileSync(join(folder, app, "manifest.json"), "utf8")) as Entry[];
const read = (app: string, entry: Entry) => readFileSync(join(first, app, entry.file));

test("a build gives the same bytes again", () => {
    for (const app of ["upload", "console"]) {
        assert.deepEqual(manifest(first, app), manifest(second, app));
        for (const entry of manifest(first, app)) {
            assert.equal(
                createHash("sha256")
                    .update(readFileSync(join(second, app, entry.file)))
                    .digest("hex"),
                entry.sha256,
            );
        }
    }
});

test("pages hold no inline script, no inline style and nothing from elsewhere", () => {
    for (const app of ["upload", "console"]) {
        for (const entry of manifest(first, app).filter((one) => one.type.startsWith("text/html"))) {
            const html = read(app, entry).toString();
            assert.doesNotMatch(html, /<style|style=|\son\w+=|javascript:/i, entry.path);
            assert.doesNotMatch(html, /(src|href)="(?!\/|#)/, entry.path);
            assert.ok(
                [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].every((match) => match[1] === ""),
                entry.path,
            );
        }
    }
});

test("scripts make no HTML and no code from text", () => {
    for (const app of ["upload", "console"]) {
        for (const entry of manifest(first, app).filter((one) => one.type.startsWith("text/javascript"))) {
            assert.doesNotMatch(
                read(app, entry).toString(),
                /\beval\(|new Function\(|document\.write|insertAdjacentHTML|WebAssembly|sourceMappingURL/,
                entry.path,
            );
        }
    }
});

test("the upload page stays light: 36 kB before the worker, 75 kB with it (gzip)", () => {
    const weight = (wanted: (entry: Entry) => boolean) =>
        manifest(first, "upload")
            .filter(wanted)
            .reduce((sum, entry) => sum + gzipSync(read("upload", entry), { level: 9 }).length, 0);
    const page = weight((entry) => entry.path === "/u" || (entry.immutable && !entry.path.includes("worker")));
    assert.ok(page <= 36_000, String(page));
    const worker = weight((entry) => entry.path.includes("worker"));
    assert.ok(page + worker <= 75_000, String(page + worker));
});

test("the tables for the executables name every file", () => {
    for (const app of ["upload", "console"]) {
        const table = readFileSync(join(first, "embed", `${app}_assets.S`), "utf8");
        manifest(first, app).forEach((entry) => assert.ok(table.includes(entry.sha256) && table.includes(`"${entry.path}"`), entry.path));
        assert.ok(table.includes(`sluis_assets_count: .quad ${manifest(first, app).length}`));
    }
});
