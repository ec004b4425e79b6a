// Chromium for the story: trusts the test authority's two servers by their keys, and notes whatever a strict page must not do.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const portal = createRequire(join(root, "portal/package.json"));
const { chromium } = portal("playwright-core");

export const widths = [1280, 320];

// The portal's own messages, so that a changed word is no broken test: `texts("upload")`.
export async function texts(app) {
    const out = join(root, "build/browser", `${app}_nl.mjs`);
    mkdirSync(join(root, "build/browser"), { recursive: true });
    portal("esbuild").buildSync({ entryPoints: [join(root, `portal/src/${app}/messages/nl.ts`)], bundle: true, format: "esm", outfile: out, logLevel: "error" });
    return (await import(pathToFileURL(out))).nl;
}

export class Browser {
    static async start(pins) {
        const browser = await chromium.launch({
            executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
            args: [`--ignore-certificate-errors-spki-list=${pins.join(",")}`, "--disable-background-networking", "--disable-component-update"],
        });
        return new Browser(browser);
    }

    constructor(browser) {
        this.browser = browser;
        this.complaints = [];
    }

    // A person's own window: nothing shared with another's.
    async window() {
        const context = await this.browser.newContext({ locale: "nl-BE", timezoneId: "Europe/Brussels", viewport: { width: 1280, height: 900 }, acceptDownloads: true });
        context.setDefaultTimeout(30_000);
        await context.exposeBinding("sluis_test_violation", (_, words) => this.complaints.push(`CSP: ${words}`));
        await context.addInitScript(() => {
            addEventListener("securitypolicyviolation", (event) => globalThis.sluis_test_violation(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));
        });
        const page = await context.newPage();
        page.on("pageerror", (error) => this.complaints.push(`error: ${error.message}`));
        page.on("crash", () => this.complaints.push("the page crashed"));
        page.on("console", (message) => {
            // Asking who one is before signing in is answered 401, and Chromium reports every 401.
            const expected = message.location().url.endsWith("/api/v1/session") && message.text().includes("401");
            if (["error", "warning"].includes(message.type()) && !expected) {
                this.complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
            }
        });
        return page;
    }

    async stop() {
        await this.browser.close();
    }

    // A picture at each width, and a complaint when a page must be scrolled sideways (WCAG 1.4.10).
    async shoot(page, folder, name) {
        mkdirSync(folder, { recursive: true });
        const before = page.viewportSize();
        for (const width of widths) {
            await page.setViewportSize({ width, height: before.height });
            await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
            const across = await page.evaluate(() => document.documentElement.scrollWidth);
            if (across > width) {
                this.complaints.push(`${name}: ${across} px wide on a screen of ${width}`);
            }
            await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
        }
        await page.setViewportSize(before);
    }
}

// A link or a button, whichever the page made of it.
export async function press(page, name) {
    await page.getByRole("link", { name, exact: true }).or(page.getByRole("button", { name, exact: true })).first().click();
}

export async function heading(page, text) {
    await page.getByRole("heading", { level: 1, name: text }).waitFor();
}

export async function download(page, act, target) {
    const [file] = await Promise.all([page.waitForEvent("download"), act()]);
    await file.saveAs(target);
    return target;
}
