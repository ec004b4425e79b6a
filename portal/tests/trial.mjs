// Plays the upload app against the mock edge in Chromium, takes pictures of every screen, and opens what arrived with age(1).
//
//   node tests/trial.mjs [--pictures DIR] [--megabytes N] [--break-every N]
//
// Not part of `npm test`: it needs a browser. The story against the real programs is in ../tests/browser.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const flag = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
};
const work = mkdtempSync(join(tmpdir(), "portal-trial-"));
const pictures = flag("pictures", join(work, "pictures"));
mkdirSync(pictures, { recursive: true });
const started = [];

execFileSync("age-keygen", ["-o", join(work, "key.txt")], { stdio: "ignore" });
const recipient = execFileSync("age-keygen", ["-y", join(work, "key.txt")])
    .toString()
    .trim();

async function mock(...more) {
    const child = spawn(
        process.execPath,
        [join(here, "mock_edge.mjs"), "--recipient", recipient, "--out", join(work, "out"), "--port", "0", ...more],
        { stdio: ["ignore", "pipe", "inherit"] },
    );
    started.push(child);
    const line = await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text).trim())));
    const origin = new URL(line).origin;
    const play = (path, order) => fetch(`${origin}/mock/${path}`, { method: "POST", body: JSON.stringify(order) });
    return { link: line, origin, play };
}

const originals = [];

function pdf(name, megabytes = 0) {
    const path = join(mkdtempSync(join(work, "doc-")), name);
    originals.push(path);
    writeFileSync(
        path,
        Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(20_000 + megabytes * 1e6), Buffer.from("\ntrailer\n<< /Size 1 >>\n%%EOF\n")]),
    );
    return path;
}

let problems = 0;
function complain(what) {
    problems += 1;
    console.log(`  PROBLEM ${what}`);
}

// axe runs in a world of its own, so that the page's CSP and Trusted Types stay as they are.
async function check_page(page, name) {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    await session.send("Runtime.evaluate", { contextId: executionContextId, expression: `${axe.source};0` });
    const tags = JSON.stringify(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    const expression = `axe.run(document, {runOnly: ${tags}}).then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 120)).join(" | "))))`;
    const { result } = await session.send("Runtime.evaluate", { contextId: executionContextId, expression, awaitPromise: true });
    JSON.parse(result.value).forEach((violation) => complain(`${name}: axe ${violation}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) {
        complain(`${name}: ${wide} px too wide`);
    }
    const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, a, select, summary")]
            .filter(
                (one) =>
                    one.getClientRects().length > 0 &&
                    !one.closest(".skip-link") &&
                    one.getBoundingClientRect().height < (one.tagName === "A" ? 24 : 44),
            )
            .map((one) => `${one.tagName} ${one.textContent}`),
    );
    small.forEach((one) => complain(`${name}: small target ${one}`));
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

async function open_page(browser, link, options) {
    const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        locale: "nl-BE",
        acceptDownloads: true,
        ...options,
    });
    const page = await context.newPage();
    page.on("console", (message) => {
        if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) {
            complain(`console: ${message.text()}`);
        }
    });
    page.on("pageerror", (error) => complain(`page error: ${error.message}`));
    await page.goto(link);
    return page;
}

function open_arrived() {
    let opened = 0;
    for (const file of readdirSync(join(work, "out")).filter((name) => name.endsWith(".manifest.age"))) {
        const id = file.slice(0, 32);
        const decrypt = (name) => execFileSync("age", ["-d", "-i", join(work, "key.txt"), join(work, "out", name)], { maxBuffer: 2 ** 31 });
        const plain = decrypt(`${id}.age`);
        const manifest_bytes = decrypt(file);
        const manifest = JSON.parse(manifest_bytes);
        const digest = (bytes) => createHash("sha256").update(bytes).digest();
        assert.equal(manifest.sha256, digest(plain).toString("hex"));
        assert.ok(
            originals.some((path) => readFileSync(path).equals(plain)),
            `${manifest.name} is none of the originals`,
        );
        const { mac, manifest_key } = JSON.parse(readFileSync(join(work, "out", `${id}.json`)));
        const message = Buffer.concat([digest(manifest_bytes), digest(readFileSync(join(work, "out", `${id}.age`)))]);
        assert.equal(mac, createHmac("sha256", Buffer.from(manifest_key, "hex")).update(message).digest("hex"));
        opened += 1;
    }
    return opened;
}

async function story(browser, size, options) {
    const edge = await mock("--break-every", flag("break-every", "4"));
    const page = await open_page(browser, edge.link, options);
    await page.getByRole("heading", { level: 1, name: "Wij vragen u om documenten" }).waitFor();
    await check_page(page, `${size}-1-request`);
    await page.click("#next");
    await page.locator(".error-summary").waitFor();
    await check_page(page, `${size}-2-none-chosen`);
    const report = pdf("verslag consult 12 oktober.pdf", Number(flag("megabytes", "20")));
    const second = pdf("een-heel-lange-bestandsnaam-zonder-spaties-van-de-specialist-2026-10-12-definitief.pdf", 6);
    const empty = join(work, "leeg.pdf");
    writeFileSync(empty, "");
    const locked = join(work, "op-slot.pdf");
    writeFileSync(locked, "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<< /Size 1 /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF\n");
    await page.locator("input[type=file]").first().setInputFiles([report, second, empty, locked]);
    await page.locator(".file-row").nth(1).waitFor();
    await page.locator(".error-summary li").nth(1).waitFor();
    await check_page(page, `${size}-3-chosen-and-complaints`);
    await page.click("#next");
    await page.locator("#send").waitFor();
    await check_page(page, `${size}-4-check`);
    await page.click("#send");
    await page.locator("progress").waitFor();
    await page.getByRole("button", { name: "Pauzeer" }).click();
    await check_page(page, `${size}-5-busy-paused`);
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.getByRole("heading", { level: 1, name: "Wij hebben uw documenten ontvangen" }).waitFor({ timeout: 180_000 });
    await page.locator(".verdict-good").nth(1).waitFor();
    await check_page(page, `${size}-6-done`);
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        page
            .getByRole("button", { name: /Bewaar ontvangstbewijs/ })
            .first()
            .click(),
    ]);
    assert.match(download.suggestedFilename(), /^ontvangstbewijs-.*\.tlog-proof$/);
    assert.match(readFileSync(await download.path(), "utf8"), /^c2sp\.org\/tlog-proof@v1\n/);
    await edge.play("outcome", { state: "filed" });
    await page.locator(".document[data-state=filed]").nth(1).waitFor({ timeout: 30_000 });
    await page
        .getByRole("button", { name: /Bewaar bewijs van opname/ })
        .first()
        .waitFor();
    await page.locator(".verdict-good").nth(1).waitFor();
    assert.equal(await page.locator(".verdict-bad").count(), 0);
    await check_page(page, `${size}-7-filed`);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Uw documenten" }).waitFor();
    await check_page(page, `${size}-8-opened-later`);
    await edge.play("state", { state: "withdrawn" });
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "De toestemming is ingetrokken" }).waitFor();
    await check_page(page, `${size}-9-withdrawn`);
    await page.goto(`${edge.origin}/privacy`);
    await check_page(page, `${size}-privacy`);
    console.log(`${size}: ${open_arrived()} uploads opened with age, their MACs good`);
    await page.context().close();
}

async function side_exits(browser) {
    const edge = await mock();
    const page = await open_page(browser, `${edge.origin}/u`, {});
    await page.getByRole("heading", { level: 1, name: "Documenten sturen" }).waitFor();
    await check_page(page, "exit-no-link");
    await page.goto("about:blank");
    await page.goto(edge.link.slice(0, -5) + "AAAAA".slice(0, 4) + "A");
    await page.getByRole("heading", { level: 1, name: "Deze link werkt niet meer" }).waitFor();
    await check_page(page, "exit-unknown");
    await edge.play("down", { on: true });
    await page.goto("about:blank");
    await page.goto(edge.link);
    await page.getByRole("heading", { level: 1, name: "Wij werken aan de website" }).waitFor();
    await edge.play("down", { on: false });
    await page.getByRole("button", { name: "Probeer opnieuw" }).click();
    await page.getByRole("heading", { level: 1, name: "Wij vragen u om documenten" }).waitFor();
    for (const language of ["fr", "de", "en"]) {
        await page.selectOption("select", language);
        await check_page(page, `language-${language}`);
        assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    }
    await page.selectOption("select", "nl");
    // Withdrawn in the middle: the next request is refused and the page says so at once.
    await page
        .locator("input[type=file]")
        .first()
        .setInputFiles([pdf("groot.pdf", 60)]);
    await page.locator(".file-row").first().waitFor();
    await page.click("#next");
    await page.click("#send");
    await page.locator("progress").waitFor();
    await edge.play("state", { state: "withdrawn" });
    await page.getByText("Wat nog onderweg was, is gewist.").waitFor();
    await check_page(page, "exit-withdrawn-during");
    await page.context().close();
    console.log("side exits: done");
}

const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ],
});
try {
    await story(browser, "1280", {});
    await story(browser, "320", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
    await story(browser, "forced", { forcedColors: "active", reducedMotion: "reduce" });
    await side_exits(browser);
} finally {
    await browser.close();
    started.forEach((child) => child.kill());
}
console.log(`pictures in ${pictures}; ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;
