// The story of a doctor's report in a real browser, in the acts between which somebody else acts (mail, router):
//
//   node story.mjs ask|hand_in|read|withdraw SETTINGS.json     prints one JSON line: what was seen and saved, and every complaint
//
// Started by story_test.py, which runs the programs and checks what is saved here.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Browser, download, heading, press, texts } from "./browser.mjs";
import { add_party, download_document, menu, open_dossier, register_consent, send_request, sign_in, to_dossier, withdraw_consent } from "./staff.mjs";

const [act, settings_file] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settings_file, "utf8"));
const { console_url, screenshots, saved, dossier, party } = settings;

// The handler opens a dossier, records the consent and asks.
async function ask(browser) {
    const t = await texts("console");
    const page = await browser.window();
    const look = (name) => browser.shoot(page, screenshots, `console-${name}`);
    await page.goto(console_url);
    await heading(page, t.sign_in.title);
    await look("sign-in");
    await sign_in(page, t, console_url, settings.handler.user, settings.handler.password);
    await open_dossier(page, t, dossier);
    await add_party(page, t, party);
    await register_consent(page, t, party, "Formulier van 3 november, map 12");
    await send_request(page, t, { party: party.name, document: settings.document, message: settings.message }, (step) => look(`request-${step}`));
    await look("dossier-asked");
    return {};
}

// The doctor opens the link, hands in, keeps the receipt, and watches the page until everything is filed.
async function hand_in(browser) {
    const t = await texts("upload");
    const page = await browser.window();
    const look = (name) => browser.shoot(page, screenshots, `upload-${name}`);
    const seen = {};
    await page.goto(settings.link);
    await heading(page, t.ask.title);
    seen.request = await page.locator("main").innerText();
    await look("request");

    await press(page, t.files.next);
    await page.getByText(t.files.none).first().waitFor();
    await look("nothing-chosen");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: t.files.pick, exact: true }).first().click();
    await (await chooser).setFiles(settings.files);
    for (const file of settings.files) {
        await page.getByRole("button", { name: `${t.files.remove} ${basename(file)}`, exact: true }).waitFor();
    }
    await look("chosen");
    await press(page, t.files.next);
    await heading(page, t.check.title);
    await look("check");
    await press(page, t.check.send);
    await heading(page, t.done.title);
    await page.getByText(t.done.checked).first().waitFor();
    await look("received");

    const cards = page.locator("li.document");
    seen.cards = await cards.count();
    seen.accepted = {};
    for (const file of settings.files) {
        const name = basename(file);
        const button = page.getByRole("button", { name: `${t.done.receipt}: ${name}`, exact: true });
        seen.accepted[name] = await download(page, () => button.click(), join(saved, `${name}.accepted.tlog-proof`));
    }
    await page.waitForFunction((count) => document.querySelectorAll('li.document[data-state="filed"]').length === count, settings.files.length, { timeout: 60_000 });
    await look("filed");
    seen.filed = {};
    for (const file of settings.files) {
        const name = basename(file);
        const button = page.getByRole("button", { name: `${t.done.filed_receipt}: ${name}`, exact: true });
        seen.filed[name] = await download(page, () => button.click(), join(saved, `${name}.filed.tlog-proof`));
    }
    seen.recomputed = await page.getByText(t.done.checked).count();

    // The same link, another day and another computer: how does it stand?
    const later = await browser.window();
    await later.goto(settings.link);
    await heading(later, t.done.title_later);
    await later.getByText(t.state.filed).first().waitFor();
    seen.later = await later.locator('li.document[data-state="filed"]').count();
    await browser.shoot(later, screenshots, "upload-later");
    return seen;
}

// The handler sees that it came, the advising doctor reads it.
async function read(browser) {
    const t = await texts("console");
    const seen = {};
    const handler = await browser.window();
    await sign_in(handler, t, console_url, settings.handler.user, settings.handler.password);
    await menu(handler, t.nav.inbox).click();
    await heading(handler, t.inbox.title);
    await handler.getByText(dossier.number).first().waitFor();
    await browser.shoot(handler, screenshots, "console-inbox");
    await to_dossier(handler, t, dossier.number);
    await handler.getByText(t.dossier.closed).first().waitFor();
    seen.handler = await handler.locator("main").innerText();
    seen.handler_downloads = await handler.getByRole("link", { name: t.dossier.download }).count();
    await browser.shoot(handler, screenshots, "console-dossier-filed");

    const doctor = await browser.window();
    await sign_in(doctor, t, console_url, settings.doctor.user, settings.doctor.password);
    await to_dossier(doctor, t, dossier.number);
    await browser.shoot(doctor, screenshots, "console-doctor");
    seen.documents = {};
    for (const file of settings.files) {
        const name = basename(file);
        seen.documents[name] = await download_document(doctor, t, name, join(saved, `${name}.read`));
    }
    return seen;
}

// The handler withdraws the consent; the doctor's page, left open, says so by itself.
async function withdraw(browser) {
    const uploader = await texts("upload");
    const page = await browser.window();
    await page.goto(settings.link);
    await heading(page, uploader.done.title_later);

    const t = await texts("console");
    const handler = await browser.window();
    await sign_in(handler, t, console_url, settings.handler.user, settings.handler.password);
    await to_dossier(handler, t, dossier.number);
    await withdraw_consent(handler, t);
    await browser.shoot(handler, screenshots, "console-withdrawn");

    await page.getByRole("heading", { name: uploader.stop.withdrawn.title, exact: true }).waitFor({ timeout: 60_000 });
    await browser.shoot(page, screenshots, "upload-withdrawn");
    return { uploader: await page.locator("main").innerText() };
}

const browser = await Browser.start(settings.pins);
try {
    const seen = await { ask, hand_in, read, withdraw }[act](browser);
    console.log(JSON.stringify({ ...seen, complaints: browser.complaints }));
} catch (error) {
    for (const context of browser.browser.contexts()) {
        for (const page of context.pages()) {
            await page.screenshot({ path: join(screenshots, `failed-${act}.png`), fullPage: true }).catch(() => {});
            console.error(`at ${page.url().split("#")[0]}: ${(await page.locator("main").innerText().catch(() => "")).slice(0, 1500)}`);
        }
    }
    console.error(browser.complaints.join("\n"));
    throw error;
} finally {
    await browser.stop();
}
