// Every page of the console in its states, for the tests and for looking at: name, who looks, how to get there.
//
//   node tests/console_tour.mjs DIR      writes a picture of each at 1280 and 320 px
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { axe_violations, launch, layout_faults, open_page, sign_in } from "./console_browser.mjs";
import { start_mock_console } from "./mock_console.mjs";
import { sample } from "./mock_console_sample.mjs";

const heading = (page) => page.locator("h1").waitFor();
const at = (hash) => async (page) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await heading(page);
    await page.waitForLoadState("networkidle");
};
const dossier = (mock, number) => mock.state.dossiers.find((one) => one.caseNumber === number);
const medical = (mock) => dossier(mock, "SOC-2026-00412");
const site = (mock) => dossier(mock, "SV-2026-017");
const credentials = (mock) => `#/dossiers/${site(mock).id}/requests/${site(mock).requests[0].id}/credentials`;
const new_credential = (mock) => `${credentials(mock)}/new`;
const credential = (mock) => `${credentials(mock)}/${mock.state.credentials[0].id}`;
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function choose_request(page, mock, party, types) {
    await at(`#/dossiers/${medical(mock).id}/requests/new/who`)(page);
    await page.getByLabel(party, { exact: true }).check();
    await press(page, "Ga verder");
    await page.locator("#items").waitFor();
    for (const type of types) {
        await page.locator(`#item-${type}`).check();
    }
}

export const tour = [
    { name: "sign-in", user: null, go: heading },
    { name: "sign-in-wrong", user: null, go: async (page) => {
        await page.locator("#user").fill("els");
        await page.locator("#password").fill("fout");
        await press(page, "Meld aan");
        await page.locator(".error-summary").waitFor();
    } },
    { name: "today", user: "els", go: at("#/today") },
    { name: "today-empty", user: "els", state: () => ({ ...sample(), inbox: [], dossiers: [] }), go: at("#/today") },
    { name: "dossiers", user: "els", go: at("#/dossiers") },
    { name: "dossiers-empty", user: "els", state: () => ({ ...sample(), inbox: [], dossiers: [] }), go: at("#/dossiers") },
    { name: "dossier", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}`)(page) },
    { name: "dossier-doctor", user: "claes", go: (page, mock) => at(`#/dossiers/${medical(mock).id}`)(page) },
    { name: "dossier-withdrawn", user: "els", go: (page, mock) => at(`#/dossiers/${dossier(mock, "SOC-2026-00398").id}`)(page) },
    { name: "dossier-fresh", user: "els", go: (page, mock) => at(`#/dossiers/${dossier(mock, "SOC-2026-00431").id}`)(page) },
    { name: "new-dossier", user: "els", go: at("#/dossiers/new") },
    { name: "new-dossier-wrong", user: "els", go: async (page) => {
        await at("#/dossiers/new")(page);
        await press(page, "Open het dossier");
        await page.locator(".error-summary").waitFor();
    } },
    { name: "new-party", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}/parties/new`)(page) },
    { name: "new-consent", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}/consents/new`)(page) },
    { name: "release", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}/documents/${medical(mock).documents[4].id}/release`)(page) },
    { name: "withdraw", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}/consents/${medical(mock).consents[0].id}/withdraw`)(page) },
    { name: "request-who", user: "els", go: (page, mock) => at(`#/dossiers/${medical(mock).id}/requests/new/who`)(page) },
    { name: "request-documents", user: "els", go: (page, mock) => choose_request(page, mock, "Dr. Amina Haddad, huisarts", ["medical-report", "unfitness-certificate"]) },
    { name: "request-documents-no-consent", user: "els", go: (page, mock) => {
        medical(mock).consents = [];
        return choose_request(page, mock, "Dr. Amina Haddad, huisarts", ["medical-report", "unfitness-certificate"]);
    } },
    { name: "request-deadline", user: "els", go: async (page, mock) => {
        await choose_request(page, mock, "Dr. Amina Haddad, huisarts", ["medical-report"]);
        await press(page, "Ga verder");
        await page.locator("#deadline").waitFor();
    } },
    { name: "request-check", user: "els", go: async (page, mock) => {
        await choose_request(page, mock, "Dr. Amina Haddad, huisarts", ["medical-report", "specialist-letter", "unfitness-certificate"]);
        await press(page, "Ga verder");
        await page.locator("#message").fill("Beste dokter,\n\nGraag een verslag van de voorbije zes maanden.\n\nMet vriendelijke groet,\nEls Vermeulen");
        await press(page, "Ga verder");
        await page.locator("#mail-body").waitFor();
    } },
    { name: "request-refused", user: "els", go: async (page, mock) => {
        medical(mock).consents = [];
        await choose_request(page, mock, "Dr. Amina Haddad, huisarts", ["medical-report"]);
        await press(page, "Ga verder");
        await page.locator("#deadline").waitFor();
        await press(page, "Ga verder");
        await page.locator("#mail-body").waitFor();
        await press(page, "Verstuur de vraag");
        await page.getByRole("alert").waitFor();
    } },
    { name: "dossier-credentials", user: "els", go: async (page, mock) => {
        await at(`#/dossiers/${site(mock).id}`)(page);
        await page.getByText("Niet meer in gebruik (2)").click();
    } },
    { name: "credentials-failed", user: "els", go: async (page, mock) => {
        mock.faults.set(`GET /api/v1/requests/${site(mock).requests[0].id}/credentials`, { status: 500 });
        await at(`#/dossiers/${site(mock).id}`)(page);
        await page.getByText("De lijst laadt nu niet.").waitFor();
    } },
    { name: "new-credential", user: "els", go: (page, mock) => at(new_credential(mock))(page) },
    { name: "new-credential-wrong", user: "els", go: async (page, mock) => {
        await at(new_credential(mock))(page);
        await press(page, "Maak de toegang");
        await page.locator(".error-summary").waitFor();
    } },
    { name: "credential-shown", user: "els", go: async (page, mock) => {
        await at(new_credential(mock))(page);
        await page.locator("#label").fill("Werfserver Kaaimuurwijk, gebouw B");
        await press(page, "Maak de toegang");
        await page.getByText("U ziet dit bestand maar één keer").waitFor();
    } },
    { name: "rotate-credential", user: "els", go: (page, mock) => at(`${credential(mock)}/rotate`)(page) },
    { name: "revoke-credential", user: "els", go: (page, mock) => at(`${credential(mock)}/revoke`)(page) },
    { name: "reading", user: "claes", go: at("#/reading") },
    { name: "reading-empty", user: "claes", state: () => ({ ...sample(), inbox: [], dossiers: [] }), go: at("#/reading") },
    { name: "dpo-dossiers", user: "meyer", go: at("#/dossiers") },
    { name: "not-found", user: "els", go: at("#/dossiers/00000000000000000000000000000bad") },
    { name: "unknown", user: "els", go: at("#/nergens") },
    { name: "broken", user: "els", go: (page, mock) => {
        mock.faults.set("GET /api/v1/dossiers", { status: 500 });
        return at("#/dossiers")(page);
    } },
    { name: "waiting", user: "els", go: async (page, mock) => {
        mock.faults.set("GET /api/v1/dossiers", { delay: 3000 });
        await page.evaluate(() => (location.hash = "#/dossiers"));
        await page.getByText("Even geduld…").waitFor();
    }, no_heading: true },
    { name: "session-over", user: "els", go: async (page, mock) => {
        mock.end_sessions();
        await page.evaluate(() => (location.hash = "#/dossiers"));
        await page.getByText("Uw sessie is voorbij").waitFor();
    } },
];

// Opens one stop of the tour, looks at it with `look`, and closes it.
export async function visit(browser, stop, options, look) {
    const mock = await start_mock_console(stop.state ? { state: stop.state() } : {});
    const { page, context, faults } = await open_page(browser, mock.url, options);
    try {
        await heading(page);
        if (stop.user) {
            await sign_in(page, stop.user);
            await heading(page);
        }
        await stop.go(page, mock);
        return await look(page, faults);
    } finally {
        await context.close();
        await mock.stop();
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const folder = process.argv[2] ?? "shots";
    const wanted = process.argv.slice(3);
    mkdirSync(folder, { recursive: true });
    const browser = await launch();
    for (const stop of tour.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
        for (const width of [1280, 320]) {
            const found = await visit(browser, stop, { width }, async (page, faults) => {
                await page.screenshot({ path: `${folder}/${stop.name}-${width}.png`, fullPage: true });
                return [...faults, ...(await layout_faults(page, { heading: !stop.no_heading })), ...(await axe_violations(page, { heading: !stop.no_heading }))];
            });
            console.log(stop.name, width, found.length === 0 ? "ok" : found);
        }
    }
    await browser.close();
}
