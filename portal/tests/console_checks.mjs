// How the console is tried in Chromium: a check is a name and a story on a mock core of its own; they run a few at a time, one line each.
import assert from "node:assert/strict";

import { launch, open_page, sign_in } from "./console_browser.mjs";
import { start_mock_console } from "./mock_console.mjs";

const checks = [];
export const check = (name, run) => checks.push({ name, run });
export let browser; // there while the checks run

export async function with_console(user, run, options = {}) {
    const mock = await start_mock_console();
    const { page, context, faults } = await open_page(browser, mock.url, options);
    try {
        if (user) {
            await page.locator("#user").waitFor();
            await sign_in(page, user);
            await page.locator("h1").waitFor();
        }
        await run(page, mock);
        assert.deepEqual(faults, []);
        assert.deepEqual(await page.evaluate(() => globalThis.csp_violations), []);
    } finally {
        await context.close();
        await mock.stop();
    }
}
export const dossier = (mock, number) => mock.state.dossiers.find((one) => one.caseNumber === number);
export const h1 = (page) => page.locator("h1").innerText();
export const focused = (page) => page.evaluate(() => document.activeElement?.tagName);

// Tab until the focus stands on what says `name`; on the way every stop must be visible and uncovered.
export async function tab_to(page, name) {
    for (let steps = 0; steps < 80; steps += 1) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
            const element = document.activeElement;
            const box = element.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
            const covered = top !== null && !element.contains(top) && !top.contains(element);
            const label = element.labels?.[0]?.innerText ?? "";
            const ring = getComputedStyle(element).outlineStyle !== "none";
            return { text: `${element.getAttribute("aria-label") ?? ""} ${element.innerText ?? ""} ${label}`, covered, ring, tag: element.tagName };
        });
        assert.ok(at.tag === "BODY" || (at.ring && !at.covered), `focus not to be seen on ${at.tag} ${at.text}`);
        if (at.text.trim().startsWith(name)) {
            return;
        }
    }
    assert.fail(`the keyboard does not reach "${name}"`);
}

const at_a_time = 3; // each waits more than it works

// Those with this word in their name. Ends the program: 0 when all went well.
export async function run_checks(word) {
    browser = await launch();
    let failed = 0;
    const wanted = checks.filter(({ name }) => name.includes(word));
    const queue = wanted.values();
    const worker = async () => {
        for (const { name, run } of queue) {
            try {
                await run();
                console.log(`ok      ${name}`);
            } catch (fault) {
                failed += 1;
                console.log(`failed  ${name}\n        ${String(fault.stack ?? fault).split("\n").slice(0, 20).join("\n        ")}`);
            }
        }
    };
    await Promise.all(Array.from({ length: at_a_time }, worker));
    await browser.close();
    console.log(`${wanted.length - failed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
}
