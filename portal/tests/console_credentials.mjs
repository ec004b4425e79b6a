// API access in the console: made, shown once, listed, replaced, revoked. Run by console_pages.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { axe_violations, layout_faults } from "./console_browser.mjs";
import { check, dossier, focused, tab_to, with_console } from "./console_checks.mjs";

const hash_of = (mock, end) => {
    const site = dossier(mock, "SV-2026-017");
    return `#/dossiers/${site.id}/requests/${site.requests[0].id}/credentials/${end}`;
};
const text_of = async (download) => readFileSync(await download.path(), "utf8");

check("API access by keyboard: made, downloaded once, listed without its secret", () => with_console("els", async (page, mock) => {
    const site = dossier(mock, "SV-2026-017");
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), site.id);
    await page.getByText("API-toegang").first().waitFor();
    await tab_to(page, "Nieuwe toegang");
    await page.keyboard.press("Enter");
    await page.locator("#label").waitFor();
    assert.equal(await focused(page), "H1");
    const day = new Date(Date.now() + 90 * 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Brussels" });
    assert.equal(await page.locator("#expires").inputValue(), day);
    await tab_to(page, "Naam van de toegang");
    await page.keyboard.type("Werfserver B");
    await tab_to(page, "Asbestinventaris");
    await page.keyboard.press("Space");
    await tab_to(page, "Maak de toegang");
    await page.keyboard.press("Enter");
    await page.getByText("U ziet dit bestand maar één keer").waitFor();
    assert.equal(await focused(page), "H1");
    await tab_to(page, "Download het toegangsbestand");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    assert.equal(download.suggestedFilename(), "sluis-SV-2026-017-werfserver-b.json");
    const file = JSON.parse(await text_of(download));
    assert.deepEqual(Object.keys(file), ["v", "link", "label", "expiresAt"]);
    assert.match(file.link, /^https:.*\/u#[0-9a-f]{32}\.[A-Za-z0-9_-]{43}$/);
    assert.ok(!(await page.content()).includes(file.link.split(".").at(-1)), "the secret stands on the page");
    const made = mock.state.credentials[0];
    assert.deepEqual([made.label, made.items], ["Werfserver B", ["site-report", "drawing"]]);
    assert.match(made.expiresAt, /:59:59Z$/);
    await tab_to(page, "Naar het dossier");
    await page.keyboard.press("Enter");
    await page.locator(".credential-label").getByText("Werfserver B", { exact: true }).waitFor();
    await page.goBack();
    await page.locator("#label").waitFor();
    assert.equal(await page.locator("#label").inputValue(), "", "going back shows a new form, and no file");
}));

check("the command line is copied, and can be copied by hand where that fails", () => with_console("els", async (page, mock) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate((to) => (location.hash = to), hash_of(mock, "new"));
    await page.locator("#label").fill("Server");
    await page.locator("#item-drawing").uncheck();
    await page.locator("#item-asbestos-inventory").uncheck();
    await page.getByRole("button", { name: "Maak de toegang" }).click();
    await page.getByRole("button", { name: "Kopieer de opdracht" }).click();
    await page.getByText("De opdracht is gekopieerd.").first().waitFor();
    const command = "sluis send --credential sluis-SV-2026-017-server.json document.pdf";
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
    await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("closed"))));
    await page.getByRole("button", { name: "Kopieer de opdracht" }).click();
    await page.locator("#command").getByText("Kopiëren lukt niet.").waitFor();
    assert.equal(await page.evaluate(() => String(getSelection())), command);
    await page.getByRole("button", { name: "Download het toegangsbestand" }).click(); // or leaving would ask
}));

check("a wrong form of API access says what is missing, and a refusal keeps what was typed", () => with_console("els", async (page, mock) => {
    await page.evaluate((to) => (location.hash = to), hash_of(mock, "new"));
    await page.locator("#label").waitFor();
    for (const type of ["site-report", "drawing", "asbestos-inventory"]) {
        await page.locator(`#item-${type}`).uncheck();
    }
    await page.locator("#expires").fill("2020-01-01");
    await page.getByRole("button", { name: "Maak de toegang" }).click();
    const summary = page.locator(".error-summary");
    for (const wrong of ["Geef de toegang een naam.", "Kies minstens één stuk.", "Kies een dag in de toekomst"]) {
        await summary.getByText(wrong).waitFor();
    }
    await page.locator("#label").fill("Server");
    await page.locator("#item-drawing").check();
    await page.locator("#expires").fill(new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10));
    const place = `POST /api/v1/requests/${dossier(mock, "SV-2026-017").requests[0].id}/credentials`;
    mock.faults.set(place, { status: 409, kind: "conflict" });
    await page.getByRole("button", { name: "Maak de toegang" }).click();
    await summary.getByText("Deze vraag neemt niets meer aan").waitFor();
    mock.faults.set(place, { status: 503, kind: "unavailable" });
    await page.getByRole("button", { name: "Maak de toegang" }).click();
    await page.getByRole("alert").getByText("De server antwoordt niet").waitFor();
    assert.equal(await page.locator("#label").inputValue(), "Server");
    mock.faults.clear();
    await page.getByRole("button", { name: "Maak de toegang" }).click();
    await page.getByText("De toegang is klaar").waitFor();
    assert.deepEqual(mock.state.credentials[0].items, ["drawing"]);
}));

check("API access is replaced with an overlap, and revoked after a question", () => with_console("els", async (page, mock) => {
    const [first] = mock.state.credentials;
    const before = mock.state.credentials.length;
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), dossier(mock, "SV-2026-017").id);
    await page.getByRole("link", { name: "Vernieuw Werfserver Kaaimuurwijk" }).click();
    await page.getByLabel("24 uur").check();
    await page.getByRole("button", { name: "Vernieuw de toegang" }).click();
    await page.getByText("De oude toegang werkt nog tot").waitFor();
    await page.getByRole("button", { name: "Download het toegangsbestand" }).click();
    assert.equal(first.state, "expiring");
    assert.equal(mock.state.credentials.length, before + 1);
    const fresh = mock.state.credentials[0];
    await page.getByRole("link", { name: "Naar het dossier" }).click();
    await page.getByRole("link", { name: "Trek in: Werfserver Kaaimuurwijk" }).first().click();
    await page.getByRole("link", { name: "Laat de toegang staan" }).click();
    assert.equal(fresh.state, "active");
    await page.getByRole("link", { name: "Trek in: Werfserver Kaaimuurwijk" }).first().click();
    await page.getByRole("button", { name: "Trek de toegang in" }).click();
    await page.getByText("De toegang is ingetrokken.").waitFor();
    assert.equal(fresh.state, "revoked");
    await page.evaluate((to) => (location.hash = to), hash_of(mock, `${fresh.id}/revoke`));
    await page.getByText("Deze toegang is niet meer in gebruik.").waitFor();
}));

check("who is no handler sees nothing of API access", () => with_console("meyer", async (page, mock) => {
    for (const request of mock.state.dossiers.flatMap((one) => one.requests)) {
        request.credentials = false; // as core says it to everybody but the handler
    }
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), dossier(mock, "SV-2026-017").id);
    await page.getByText("Tijdlijn").waitFor();
    assert.equal(await page.getByText("API-toegang").count(), 0);
    assert.equal(mock.calls.filter(({ path }) => path.endsWith("/credentials")).length, 0);
    await page.evaluate((to) => (location.hash = to), hash_of(mock, "new"));
    await page.getByText("Deze pagina vinden we niet").waitFor();
}));

check("API access speaks four languages and fits 320 px in each", () => with_console("els", async (page, mock) => {
    for (const name of ["Français", "Deutsch", "English", "Nederlands"]) {
        await page.getByRole("button", { name }).click();
        for (const end of ["new", `${mock.state.credentials[0].id}/rotate`, `${mock.state.credentials[0].id}/revoke`]) {
            await page.setViewportSize({ width: 320, height: 640 });
            await page.evaluate((to) => (location.hash = to), hash_of(mock, end));
            await page.locator("form").waitFor();
            assert.deepEqual(await layout_faults(page), [], `${name} ${end}`);
            assert.deepEqual(await axe_violations(page), [], `${name} ${end}`);
        }
        await page.evaluate((to) => (location.hash = to), hash_of(mock, "new"));
        await page.locator("#label").fill("Werfserver");
        await page.locator("form button[type=submit]").click();
        await page.locator("#command").waitFor();
        assert.deepEqual(await layout_faults(page), [], `${name} shown`);
        await page.locator("main .card .button-primary").click();
        await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), dossier(mock, "SV-2026-017").id);
        await page.locator(".credential-label").first().waitFor();
        assert.deepEqual(await layout_faults(page), [], `${name} dossier`);
        await page.setViewportSize({ width: 1280, height: 900 });
    }
}));
