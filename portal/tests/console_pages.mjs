// The console in Chromium on the mock core: every page of the tour in three guises, and the stories that need a browser: keyboard only,
// a request without consent, withdrawing, news by polling, the session's end, idle hands, four languages. One line a check.
//
//   node tests/console_pages.mjs [word]      only what has this word in its name
import assert from "node:assert/strict";

import { axe_violations, layout_faults, sign_in } from "./console_browser.mjs";
import { browser, check, dossier, focused, h1, run_checks, tab_to, with_console } from "./console_checks.mjs";
import "./console_credentials.mjs";
import { tour, visit } from "./console_tour.mjs";

const guises = [
    { name: "1280 px", options: { width: 1280 } },
    { name: "320 px", options: { width: 320, height: 640 } },
    { name: "forced colours", options: { width: 1280, forcedColors: "active", reducedMotion: "reduce" }, contrast: false },
];
for (const stop of tour) {
    for (const guise of guises) {
        check(`${stop.name} at ${guise.name}`, () => visit(browser, stop, guise.options, async (page, faults) => {
            const heading = !stop.no_heading;
            const found = [...faults, ...(await layout_faults(page, { heading })), ...(await axe_violations(page, { contrast: guise.contrast ?? true, heading }))];
            assert.deepEqual(found, []);
            assert.match(await page.title(), / – Sluis$|^Sluis$/);
            if (guise.options.reducedMotion) {
                assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
            }
        }));
    }
}

// Text spacing of WCAG 1.4.12, set through the CSSOM: the policy allows no style elements.
check("wide text spacing on a dossier cuts nothing off", () => visit(browser, tour.find(({ name }) => name === "dossier"), { width: 320 }, async (page) => {
    await page.evaluate(() => {
        for (const element of document.querySelectorAll("body *")) {
            element.style.setProperty("letter-spacing", "0.12em", "important");
            element.style.setProperty("word-spacing", "0.16em", "important");
            element.style.setProperty("line-height", "1.5", "important");
        }
    });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}));

check("the whole request by keyboard, from signing in to sent; the mail holds no name", () => with_console(null, async (page, mock) => {
    await page.locator("#user").waitFor();
    await tab_to(page, "Gebruikersnaam");
    await page.keyboard.type("els");
    await tab_to(page, "Wachtwoord");
    await page.keyboard.type("sluis");
    await page.keyboard.press("Enter");
    await page.locator(".account").waitFor();
    await tab_to(page, "Dossiers");
    await page.keyboard.press("Enter");
    await page.getByText("SOC-2026-00412").waitFor();
    assert.equal(await focused(page), "H1");
    await tab_to(page, "SOC-2026-00412");
    await page.keyboard.press("Enter");
    await page.getByText("Tijdlijn").waitFor();
    assert.equal(await focused(page), "H1");
    await tab_to(page, "Vraag documenten");
    await page.keyboard.press("Enter");
    await page.locator("#party").waitFor();
    await tab_to(page, "Dr. Amina Haddad");
    await page.keyboard.press("Space");
    await tab_to(page, "Ga verder");
    await page.keyboard.press("Enter");
    await page.locator("#items").waitFor();
    assert.equal(await focused(page), "H1");
    await tab_to(page, "Brief specialist");
    await page.keyboard.press("Space");
    await tab_to(page, "Ga verder");
    await page.keyboard.press("Enter");
    await page.locator("#deadline").waitFor();
    await tab_to(page, "Over 14 dagen");
    await page.keyboard.press("Enter");
    await tab_to(page, "Bericht");
    await page.keyboard.type("Over Marleen P.: graag een verslag.");
    await tab_to(page, "Ga verder");
    await page.keyboard.press("Enter");
    await page.locator("#mail-body").waitFor();
    const mail = await page.locator("#mail-body").innerText();
    assert.match(mail, /SOC-2026-00412/);
    for (const secret of ["Marleen", "Haddad", "Brief", "verslag", "medisch"]) {
        assert.ok(!mail.includes(secret), `the mail says ${secret}`);
    }
    await tab_to(page, "Verstuur de vraag");
    await page.keyboard.press("Enter");
    await page.getByText("De vraag is verstuurd.").waitFor();
    const made = dossier(mock, "SOC-2026-00412").requests.at(-1);
    assert.deepEqual(made.items.map(({ type, required }) => ({ type, required })), [{ type: "specialist-letter", required: true }]);
    assert.match(made.deadline, /^\d{4}-\d\d-\d\dT\d\d:59:59Z$/);
}));

check("a request without consent is refused with a way to register it, and the choices stay", () => with_console("els", async (page, mock) => {
    const medical = dossier(mock, "SOC-2026-00412");
    medical.consents = [];
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}/requests/new/who`), medical.id);
    await page.getByLabel("Dr. Amina Haddad, huisarts").check();
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.locator("#item-medical-report").check();
    await page.getByText("Voor deze stukken is nog geen toestemming").waitFor();
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.locator("#deadline").waitFor();
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.getByRole("button", { name: "Verstuur de vraag" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("Medisch verslag behandelend arts").waitFor();
    assert.match(await page.title(), /^Fout: /);
    await alert.getByRole("link", { name: "Registreer de toestemming" }).click();
    assert.ok(await page.getByLabel("Dr. Amina Haddad, huisarts").isChecked());
    await page.getByRole("button", { name: "Registreer" }).click();
    const summary = page.locator(".error-summary");
    await summary.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("error-summary")), true);
    await summary.getByRole("link", { name: "Schrijf waar het bewijs ligt." }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "note");
    await page.keyboard.type("map 12");
    await page.getByLabel("Ondertekend papier").check();
    await page.getByRole("button", { name: "Registreer" }).click();
    await page.locator("#items").waitFor();
    assert.ok(await page.locator("#item-medical-report").isChecked());
    assert.equal(await page.getByText("Voor deze stukken is nog geen toestemming").count(), 0);
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.locator("#deadline").waitFor();
    await page.getByRole("button", { name: "Ga verder" }).click();
    await page.getByRole("button", { name: "Verstuur de vraag" }).click();
    await page.getByText("De vraag is verstuurd.").waitFor();
}));

check("a new dossier, its party, its consent, and the consent withdrawn: the banner stands", () => with_console("els", async (page, mock) => {
    await page.evaluate(() => (location.hash = "#/dossiers/new"));
    await page.getByLabel("Beoordeling medische ongeschiktheid").check();
    await page.getByLabel("Zaaknummer").fill("SOC 1");
    await page.getByLabel("Over wie of wat gaat het?").fill("Noor T.");
    await page.getByRole("button", { name: "Open het dossier" }).click();
    await page.locator(".error-summary").getByText("Gebruik alleen letters").waitFor();
    await page.getByLabel("Zaaknummer").fill("SOC-2026-00412");
    await page.getByRole("button", { name: "Open het dossier" }).click();
    await page.locator(".error-summary").getByText("Er bestaat al een dossier").waitFor();
    await page.getByLabel("Zaaknummer").fill("SOC-2026-00500");
    await page.getByRole("button", { name: "Open het dossier" }).click();
    await page.getByText("Het dossier is geopend.").waitFor();
    await page.getByRole("link", { name: "Voeg partij toe" }).click();
    await page.getByLabel("Behandelend zorgverlener").check();
    await page.getByLabel("Naam", { exact: true }).fill("Dr. Peeters");
    await page.getByLabel("E-mailadres").fill("peeters@praktijk.example");
    await page.getByRole("button", { name: "Voeg toe" }).click();
    await page.getByText("De partij is toegevoegd.").waitFor();
    await page.getByRole("link", { name: "Registreer toestemming" }).first().click();
    await page.getByLabel("Ondertekend papier").check();
    await page.getByLabel("Waar ligt het bewijs?").fill("map 3");
    await page.getByRole("button", { name: "Registreer" }).click();
    await page.getByText("De toestemming is geregistreerd.").waitFor();
    await page.getByRole("link", { name: "Trek in: toestemming voor Dr. Peeters" }).click();
    await page.getByRole("button", { name: "Trek de toestemming in" }).click();
    await page.getByText("De toestemming is ingetrokken", { exact: true }).waitFor();
    assert.equal(dossier(mock, "SOC-2026-00500").consents[0].state, "withdrawn");
}));

check("a document is released to a request's party, stands in the list, and is taken back", () => with_console("els", async (page, mock) => {
    const medical = dossier(mock, "SOC-2026-00412");
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), medical.id);
    await page.getByText("Tijdlijn").waitFor();
    assert.equal(await page.getByRole("link", { name: "Vrijgeven aan…" }).count(), 1); // only what she may read
    await page.getByRole("link", { name: "Vrijgeven aan…" }).click();
    await page.getByLabel("Te lezen tot en met").fill("2020-01-01");
    await page.getByRole("button", { name: "Geef vrij" }).click();
    await page.locator(".error-summary").getByText("Kies aan wie").waitFor();
    await page.locator(".error-summary").getByText("Kies een dag in de toekomst").waitFor();
    const later = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel("Te lezen tot en met").fill(later);
    await page.getByLabel(/Dr. Amina Haddad/).check();
    await page.getByRole("button", { name: "Geef vrij" }).click();
    await page.getByText("Het stuk is vrijgegeven.").waitFor();
    await page.locator("#releases").getByText("Wordt klaargezet").waitFor();
    assert.equal(medical.releases.length, 1);
    assert.ok(medical.releases[0].expiresAt > new Date().toISOString());
    await page.getByRole("button", { name: "Trek in: vrijgave aan Dr. Amina Haddad" }).click();
    await page.locator("#releases").getByText("Ingetrokken").waitFor();
    assert.equal(medical.releases[0].state, "withdrawn");
    assert.equal(await page.locator("#releases button").count(), 0);
}));

check("who may not read sees neither name nor link; who may downloads it", () => with_console("els", async (page, mock) => {
    const medical = dossier(mock, "SOC-2026-00412");
    await page.evaluate((id) => (location.hash = `#/dossiers/${id}`), medical.id);
    await page.getByText("Tijdlijn").waitFor();
    assert.ok(!(await page.content()).includes("verslag-2026-11-18.pdf"));
    assert.equal(await page.locator("#documents a[download]").count(), 1); // the certificate, general
    await page.getByRole("button", { name: "Meld af" }).click();
    await page.getByText("U bent afgemeld").waitFor();
    assert.ok(!(await page.content()).includes("Marleen"));
    await sign_in(page, "claes");
    await page.getByRole("heading", { name: "Leeslijst" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download: verslag-2026-11-18.pdf" }).click()]);
    assert.equal(download.suggestedFilename(), "verslag-2026-11-18.pdf");
}));

check("news waits behind a button and is said once; a notice that is done goes", () => with_console(null, async (page, mock) => {
    await page.clock.install();
    await page.reload();
    await page.locator("#user").waitFor();
    await sign_in(page, "els");
    await page.getByText("Er wachten 6 meldingen op u.").waitFor();
    const medical = dossier(mock, "SOC-2026-00412");
    mock.state.inbox.unshift({ id: "f".repeat(32), at: new Date().toISOString(), kind: "document.filed", caseNumber: medical.caseNumber, dossier: medical.id, text: { nl: "Een stuk is toegekomen." }, done: false });
    const status = page.locator("main > [role=status]").first();
    await page.clock.fastForward(11_000);
    await page.getByRole("button", { name: "Toon: 1 nieuwe melding" }).waitFor();
    assert.equal(await status.innerText(), "1 nieuwe melding");
    const arrived = page.locator("#arrived .notice");
    assert.match(await arrived.first().innerText(), /2 keer/);
    const looks = mock.calls.filter(({ path }) => path === "/api/v1/inbox").length;
    await page.clock.fastForward(11_000);
    await page.waitForTimeout(300);
    assert.ok(mock.calls.filter(({ path }) => path === "/api/v1/inbox").length - looks <= 2);
    await page.getByRole("button", { name: "Toon: 1 nieuwe melding" }).click();
    assert.match(await arrived.first().innerText(), /3 keer/);
    await page.locator("#arrived button").first().click();
    await page.getByText("Er wachten 4 meldingen op u.").waitFor();
    assert.equal(await focused(page), "H1");
    assert.deepEqual(mock.state.inbox.filter(({ kind, done }) => kind === "document.filed" && !done).map(({ caseNumber }) => caseNumber), ["SUB-2026-088"]);
}));

check("polling slows down while core does not answer, and comes back", () => with_console(null, async (page, mock) => {
    await page.clock.install();
    await page.reload();
    await page.locator("#user").waitFor();
    await sign_in(page, "els");
    await page.getByText("Er wachten 6 meldingen op u.").waitFor();
    mock.faults.set("GET /api/v1/inbox", { status: 503, kind: "unavailable" });
    let tries = 0;
    page.on("request", (request) => (tries += request.url().endsWith("/inbox") ? 1 : 0));
    for (let second = 0; second < 100; second += 5) {
        await page.clock.runFor(5_000);
        await page.waitForTimeout(30);
    }
    assert.ok(tries >= 2 && tries <= 5, `${tries} looks in 100 s`);
    assert.ok(await page.getByText("Er wachten 6 meldingen op u.").isVisible());
    mock.faults.clear();
    mock.state.inbox = [];
    await page.clock.runFor(161_000);
    await page.getByText("U bent helemaal bij.").waitFor();
}));

check("a session that ends mid-form: sign in, and the form is as it was", () => with_console("els", async (page, mock) => {
    await page.evaluate(() => (location.hash = "#/dossiers/new"));
    await page.getByLabel("Over wie of wat gaat het?").fill("Noor T.");
    await page.getByLabel("Taskforce").check();
    await page.getByLabel("Zaaknummer").fill("SV-9");
    mock.end_sessions();
    await page.getByRole("button", { name: "Open het dossier" }).click();
    await page.getByText("Uw sessie is voorbij").waitFor();
    assert.ok(!(await page.content()).includes("Noor"));
    await sign_in(page, "els");
    assert.equal(await page.getByLabel("Over wie of wat gaat het?").inputValue(), "Noor T.");
    mock.end_sessions();
    await page.getByRole("button", { name: "Open het dossier" }).click();
    await page.getByText("Uw sessie is voorbij").waitFor();
    await sign_in(page, "meyer"); // somebody else gets nothing of it
    await page.getByLabel("Over wie of wat gaat het?").waitFor();
    assert.equal(await page.getByLabel("Over wie of wat gaat het?").inputValue(), "");
}));

check("idle hands: asked after 28 minutes, signed out after 30, unless somebody answers", () => with_console(null, async (page, mock) => {
    await page.clock.install();
    await page.reload();
    await page.locator("#user").waitFor();
    await sign_in(page, "els");
    await page.getByText("Er wachten 6 meldingen op u.").waitFor();
    await page.clock.fastForward(28 * 60_000 + 10_000);
    const dialog = page.getByRole("dialog", { name: "Bent u er nog?" });
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /over 2 minuten afgemeld/);
    assert.deepEqual(await axe_violations(page), []);
    await dialog.getByRole("button", { name: "Blijf aangemeld" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.clock.fastForward(10 * 60_000);
    assert.ok(await page.locator(".account").isVisible());
    await page.clock.fastForward(21 * 60_000);
    await page.getByText("Uw sessie is voorbij").waitFor();
    assert.ok(mock.calls.some(({ method, path }) => method === "DELETE" && path === "/api/v1/session"));
}));

check("a wrong name and a wrong password get the same words", () => with_console(null, async (page) => {
    const words = [];
    for (const [user, password] of [["els", "fout"], ["niemand", "sluis"]]) {
        await page.locator("#user").fill(user);
        await page.locator("#password").fill(password);
        await page.getByRole("button", { name: "Meld aan" }).click();
        await page.locator(".error-summary").waitFor();
        words.push(await page.locator(".error-summary").innerText());
        await page.reload();
        await page.locator("#user").waitFor();
    }
    assert.equal(words[0], words[1]);
}));

check("the filter stands in the address and comes back with it", () => with_console("els", async (page) => {
    await page.evaluate(() => (location.hash = "#/dossiers"));
    await page.locator("#filter").fill("kaaimuur");
    await page.getByText("1 van 5 dossiers").waitFor();
    assert.match(page.url(), /filter=kaaimuur/);
    await page.reload();
    await page.getByText("1 van 5 dossiers").waitFor();
    await page.locator("#filter").fill("");
    await page.locator("#show").selectOption("consent");
    await page.getByText("2 van 5 dossiers").waitFor();
}));

check("four languages, with the page's language told to the browser", () => with_console("els", async (page) => {
    for (const [name, lang, title] of [["Français", "fr", "Aujourd'hui"], ["Deutsch", "de", "Heute"], ["English", "en", "Today"], ["Nederlands", "nl", "Vandaag"]]) {
        await page.getByRole("button", { name }).click();
        await page.waitForFunction((wanted) => document.documentElement.lang === wanted, lang);
        assert.equal(await h1(page), title);
        assert.deepEqual(await axe_violations(page), []);
        await page.setViewportSize({ width: 320, height: 640 });
        assert.deepEqual(await layout_faults(page), []);
        await page.setViewportSize({ width: 1280, height: 900 });
    }
}));

await run_checks(process.argv[2] ?? "");
