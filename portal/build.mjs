// Builds the two apps into dist/upload and dist/console, the same bytes every time, and on request the assembler tables that put them
// into an executable.
//
//   node build.mjs [--app NAME] [--out DIR] [--embed DIR]
//
// A file under /assets/ has its content's hash in its name and may be kept for ever; pages are not kept. dist/<app>/manifest.json names
// every path with its file, media type and SHA-256.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { privacy_page } from "./privacy.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const flag = (name) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? null : (process.argv[at + 1] ?? null);
};
// Two build folders may build at the same time: what goes into an executable stands beside its table.
const embed = flag("--embed");
const dist = resolve(flag("--out") ?? (embed ? join(embed, "dist") : join(root, "dist")));
const shared_options = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    target: ["chrome110", "firefox115", "safari16.4"],
    legalComments: "none", // licences are in licenses.txt
    charset: "utf8",
    metafile: true,
    logLevel: "warning",
    jsx: "automatic",
    jsxImportSource: "preact",
    outdir: "/out",
    // Relative to the working directory; the reason is in the file.
    alias: {
        "@noble/post-quantum/hybrid.js": "./src/upload/sending/x25519_only.ts",
        "@noble/curves/nist.js": "./src/upload/sending/x25519_only.ts",
    },
};

// The pages of each app. The routes of the console live behind '#', so one path is enough.
const apps = {
    upload: { title: "Documenten sturen", pages: ["/", "/u"], worker: "src/upload/worker.ts" },
    console: { title: "Sluis", pages: ["/"], worker: null },
};

const digest = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

class Output {
    constructor(folder) {
        this.folder = folder;
        this.entries = [];
        this.packages = new Set();
    }

    add(path, file, type, content, immutable) {
        const bytes = Buffer.from(content);
        const target = join(this.folder, file);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, bytes);
        this.entries.push({ path, file, type, size: bytes.length, sha256: digest("sha256", bytes, "hex"), immutable });
    }

    // Gives the path, "/assets/upload-0a1b2c3d4e.js".
    asset(name, extension, type, content) {
        const file = `assets/${name}-${digest("sha256", Buffer.from(content), "hex").slice(0, 12)}.${extension}`;
        this.add(`/${file}`, file, type, content, true);
        return `/${file}`;
    }

    note_packages(metafile) {
        for (const input of Object.keys(metafile.inputs)) {
            const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
            if (match) {
                this.packages.add(match[1]);
            }
        }
    }
}

async function bundle(output, options) {
    const result = await esbuild.build({ ...shared_options, ...options });
    output.note_packages(result.metafile);
    return (extension) => result.outputFiles.find((file) => file.path.endsWith(extension))?.contents;
}

function licences(packages) {
    const parts = [];
    for (const name of [...packages].sort()) {
        const folder = join(root, "node_modules", name);
        const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((candidate) => join(folder, candidate)).find(existsSync);
        if (!file) {
            throw new Error(`${name} has no licence file`);
        }
        parts.push(`${name} ${version} (${license})\n\n${readFileSync(file, "utf8").trim()}\n`);
    }
    return parts.join(`\n${"-".repeat(72)}\n\n`);
}

const integrity = (bytes) => `sha384-${digest("sha384", bytes, "base64")}`;

async function build_app(name) {
    const app = apps[name];
    const output = new Output(join(dist, name));
    rmSync(output.folder, { recursive: true, force: true });

    let worker_url = "";
    if (app.worker) {
        const built = await bundle(output, { entryPoints: [app.worker], format: "iife" });
        worker_url = output.asset(`${name}-worker`, "js", "text/javascript; charset=utf-8", built(".js"));
    }
    const built = await bundle(output, {
        entryPoints: [`src/${name}/main.tsx`],
        format: "esm",
        define: { WORKER_URL: JSON.stringify(worker_url) },
    });
    const script = output.asset(name, "js", "text/javascript; charset=utf-8", built(".js"));
    const style = output.asset(name, "css", "text/css; charset=utf-8", built(".css"));
    const icon = output.asset("icon", "svg", "image/svg+xml", readFileSync(join(root, "src/shared/icon.svg")));

    const head = [
        `<link rel="icon" href="${icon}" type="image/svg+xml">`,
        `<link rel="stylesheet" href="${style}" integrity="${integrity(built(".css"))}">`,
    ].join("\n");
    const page = readFileSync(join(root, `src/${name}/index.html`), "utf8").replace(
        "<!-- head -->",
        `${head}\n<script type="module" src="${script}" integrity="${integrity(built(".js"))}"></script>`,
    );
    for (const path of app.pages) {
        output.add(path, path === "/" ? "index.html" : `${path.slice(1)}.html`, "text/html; charset=utf-8", page, false);
    }
    if (name === "upload") {
        output.add("/privacy", "privacy.html", "text/html; charset=utf-8", privacy_page(head), false);
    }
    output.add("/licenses.txt", "licenses.txt", "text/plain; charset=utf-8", licences(output.packages), false);
    output.entries.sort((left, right) => (left.path < right.path ? -1 : 1));
    writeFileSync(join(output.folder, "manifest.json"), `${JSON.stringify(output.entries, null, 1)}\n`);
    return output;
}

// Entries of gateway/http/assets.hpp: path, path_size, type, type_size, bytes, size, immutable; 8 bytes each. The table holds addresses,
// so it stands where the loader may relocate it before making it read-only. The digest comments make the file change with its content.
function assembler(output) {
    const lines = ["// Written by portal/build.mjs.", '.section .rodata.sluis_assets, "a", %progbits'];
    const table = [];
    output.entries.forEach((entry, index) => {
        lines.push(`// ${entry.path} ${entry.sha256}`);
        lines.push(`.Lpath_${index}: .ascii ${JSON.stringify(entry.path)}`, `.Ltype_${index}: .ascii ${JSON.stringify(entry.type)}`);
        lines.push(".p2align 4", `.Lbytes_${index}: .incbin ${JSON.stringify(join(output.folder, entry.file))}`);
        table.push(`    .quad .Lpath_${index}, ${Buffer.byteLength(entry.path)}, .Ltype_${index}, ${Buffer.byteLength(entry.type)}`);
        table.push(`    .quad .Lbytes_${index}, ${entry.size}, ${entry.immutable ? 1 : 0}`);
    });
    const size = output.entries.length * 56;
    lines.push(".p2align 3", ".globl sluis_assets_count", ".type sluis_assets_count, %object", ".size sluis_assets_count, 8");
    lines.push(`sluis_assets_count: .quad ${output.entries.length}`);
    lines.push('.section .data.rel.ro.sluis_assets, "aw", %progbits', ".p2align 3", ".globl sluis_assets", ".type sluis_assets, %object");
    lines.push(`.size sluis_assets, ${size}`, "sluis_assets:", ...table, '.section .note.GNU-stack, "", %progbits', "");
    return lines.join("\n");
}

const only = flag("--app");
for (const name of only ? [only] : Object.keys(apps)) {
    const output = await build_app(name);
    if (embed) {
        mkdirSync(resolve(embed), { recursive: true });
        writeFileSync(join(resolve(embed), `${name}_assets.S`), assembler(output));
    }
}
