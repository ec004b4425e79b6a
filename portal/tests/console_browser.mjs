// A Chromium for the console's tests, on the mock core: signed-in pages, and the checks every page must pass. axe runs in an isolated world
// over CDP, so that the page's CSP and Trusted Types stay on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () => chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: flags });

export async function open_page(browser, url, { width = 1280, height = 900, ...more } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, locale: "nl-BE", timezoneId: "Europe/Brussels", ...more });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("console", (message) => {
        // A refusal by the server is the test's own doing, and the browser says so by itself.
        if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
            faults.push(`console: ${message.text()}`);
        }
    });
    await page.addInitScript(() => {
        globalThis.csp_violations = [];
        document.addEventListener("securitypolicyviolation", (event) => globalThis.csp_violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    await page.goto(url);
    return { page, context, faults };
}

export async function sign_in(page, user) {
    await page.locator("#user").fill(user);
    await page.locator("#password").fill("sluis");
    await page.getByRole("button", { name: /Meld aan|Sign in|Se connecter|Anmelden/ }).click();
    await page.locator(".account").waitFor();
}

export async function axe_violations(page, { contrast = true, heading = true } = {}) {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    const rules = JSON.stringify({ "color-contrast": { enabled: contrast }, "page-has-heading-one": { enabled: heading } });
    const run = `${axe_source};axe.run(document,{rules:${rules},runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})
        .then((found) => JSON.stringify(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ')).join(' | '))))`;
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression: run, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    await session.detach();
    if (exceptionDetails) {
        throw new Error(`axe: ${exceptionDetails.text}`);
    }
    return JSON.parse(result.value);
}

// Reflow, whole words, size of targets, one h1, unique ids, a title: what axe does not see.
export async function layout_faults(page, { heading = true } = {}) {
    return page.evaluate((heading) => {
        const faults = [...(globalThis.csp_violations ?? [])];
        if (document.documentElement.scrollWidth > innerWidth) {
            faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`);
        }
        if (heading && document.querySelectorAll("h1").length !== 1) {
            faults.push("not one h1");
        }
        for (const card of document.querySelectorAll(".card, .alert, .letter")) {
            const edge = card.getBoundingClientRect().right;
            const wide = [...card.querySelectorAll("*")].find((inner) => !inner.closest(".visually-hidden, thead") && inner.getBoundingClientRect().right > edge + 1);
            if (wide) {
                faults.push(`sticks out of its card: ${wide.tagName} ${wide.textContent?.slice(0, 30)}`);
            }
        }
        const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
        faults.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id twice: ${id}`));
        // A word that stands on two lines was broken.
        for (const element of document.querySelectorAll("h1, h2, h3, button, label, dt, .button, .badge, th")) {
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                if (node.parentElement?.closest(".visually-hidden, thead")) {
                    continue;
                }
                for (const match of node.data.matchAll(/[^\s\-–/]+/g)) {
                    const range = document.createRange();
                    range.setStart(node, match.index);
                    range.setEnd(node, match.index + match[0].length);
                    const lines = new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)));
                    if (lines.size > 1 && match[0].length < 28) {
                        faults.push(`broken word: ${match[0]}`);
                    }
                }
            }
        }
        for (const element of document.querySelectorAll("a, button, input, select, textarea, summary")) {
            const box = element.getBoundingClientRect();
            const hidden = box.width === 0 || element.closest(".visually-hidden, .skip-link") || element.classList.contains("skip-link");
            const inline = element.tagName === "A" && getComputedStyle(element).display === "inline"; // 2.5.8 lets links in sentences be
            if (!hidden && !inline && (box.width < 24 || box.height < 24)) {
                faults.push(`small target: ${element.tagName} ${element.textContent?.slice(0, 20)} ${Math.round(box.width)}×${Math.round(box.height)}`);
            }
        }
        return faults;
    }, heading);
}
