// Bundles every *_test.ts for Node and runs Node's own test runner on the result. Works on Node 18, which cannot read TypeScript.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../node_modules/.cache/sluis-tests");
const find = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory()
            ? find(join(folder, entry.name))
            : entry.name.endsWith("_test.ts") || entry.name.endsWith("_test.tsx")
              ? [join(folder, entry.name)]
              : [],
    );
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const tests = find(here).sort();
await esbuild.build({
    entryPoints: tests,
    outbase: here,
    outdir: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    jsx: "automatic",
    jsxImportSource: "preact",
    outExtension: { ".js": ".mjs" },
    inject: [join(here, "web_crypto.ts")],
    logLevel: "warning",
});
const built = tests.map((test) => join(out, test.slice(here.length + 1).replace(/\.tsx?$/, ".mjs")));
process.exit(spawnSync(process.execPath, ["--test", ...built], { stdio: "inherit" }).status ?? 1);
