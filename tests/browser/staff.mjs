// What staff do on the console, by the words on its pages.
import { download, heading, press } from "./browser.mjs";

export async function sign_in(page, t, url, user, password) {
    await page.goto(url);
    await heading(page, t.sign_in.title);
    await page.getByLabel(t.sign_in.user, { exact: true }).fill(user);
    await page.getByLabel(t.sign_in.password, { exact: true }).fill(password);
    await press(page, t.sign_in.button);
    await menu(page, t.nav.dossiers).waitFor();
}

export function menu(page, name) {
    return page.getByRole("navigation").getByRole("link", { name }).first();
}

export async function open_dossier(page, t, dossier) {
    await menu(page, t.nav.dossiers).click();
    await press(page, t.dossiers.make);
    await heading(page, t.new_dossier.title);
    await page.getByRole("radio", { name: dossier.case_type }).check();
    await page.getByLabel(t.new_dossier.number, { exact: true }).fill(dossier.number);
    await page.getByLabel(t.new_dossier.subject, { exact: true }).fill(dossier.subject);
    await page.getByLabel(`${t.new_dossier.doctor} ${t.form.optional}`, { exact: true }).fill(dossier.doctor);
    await press(page, t.new_dossier.button);
    await heading(page, t.dossier.title(dossier.number));
}

export async function add_party(page, t, party) {
    await press(page, t.dossier.add_party);
    await heading(page, t.new_party.title);
    await page.getByRole("radio", { name: party.role }).check();
    await page.getByLabel(t.new_party.name, { exact: true }).fill(party.name);
    await page.getByLabel(t.new_party.mail, { exact: true }).fill(party.mail);
    await press(page, t.new_party.button);
    await page.getByText(t.dossier.done.party).waitFor();
}

export async function register_consent(page, t, party, note) {
    await press(page, t.dossier.register);
    await heading(page, t.new_consent.title);
    await page.getByRole("radio", { name: party.name }).check();
    await page.getByRole("radio", { name: t.words.consent_kinds["secrecy-release"] }).check();
    await page.getByRole("radio", { name: t.words.evidence["signed-paper-scan"] }).check();
    await page.getByLabel(t.new_consent.note, { exact: true }).fill(note);
    await press(page, t.new_consent.button);
    await page.getByText(t.dossier.done.consent).waitFor();
}

// Four steps, one question a page; `look` is called on each.
export async function send_request(page, t, wanted, look) {
    await press(page, t.dossier.make_request);
    await heading(page, t.request.who.title);
    await page.getByRole("radio", { name: wanted.party }).check();
    await look("who");
    await press(page, t.form.next);
    await heading(page, t.request.documents.title);
    await page.getByRole("checkbox", { name: wanted.document }).first().check();
    await look("documents");
    await press(page, t.form.next);
    await heading(page, t.request.deadline.title);
    await press(page, t.request.deadline.in_days(14));
    await page.getByLabel(`${t.request.deadline.message} ${t.form.optional}`, { exact: true }).fill(wanted.message);
    await look("deadline");
    await press(page, t.form.next);
    await heading(page, t.request.check.title);
    await look("check");
    await press(page, t.request.check.button);
    await page.getByText(t.dossier.done.request).waitFor();
}

export async function withdraw_consent(page, t) {
    await page.getByRole("link", { name: t.dossier.withdraw }).first().click();
    await heading(page, t.withdraw.title);
    await press(page, t.withdraw.button);
    await page.getByText(t.dossier.done.withdrawn).waitFor();
}

export async function to_dossier(page, t, number) {
    await menu(page, t.nav.dossiers).click();
    await heading(page, t.dossiers.title);
    await page.getByRole("link", { name: number }).first().click();
    await heading(page, t.dossier.title(number));
}

export async function download_document(page, t, name, target) {
    const link = page.getByRole("link", { name: t.dossier.download_about(name, "") });
    return download(page, () => link.first().click(), target);
}
