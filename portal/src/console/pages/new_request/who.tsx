// Step 1: to whom.

import type { JSX } from "preact";

import { pick } from "../../../shared/language.ts";
import { use_desk } from "../../desk.ts";
import { errors_among, use_form } from "../../form.ts";
import { FormPage } from "../../parts/form_page.tsx";
import { Page } from "../../parts/page.tsx";
import { Radios } from "../../parts/radios.tsx";
import { go, href } from "../../routes.ts";
import type { Step } from "./page.tsx";

export function WhoStep(props: Step): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, case_type, draft, change, caption } = props;
    const home = { href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) };
    const form = use_form(
        () => errors_among([[!dossier.parties.some((party) => party.id === draft.party), "party", t.request.who.no_party]]),
        async () => go(href.new_request(dossier.id, "documents")),
    );
    const add = (
        <a class="button button-quiet" href={href.new_party(dossier.id, true)}>
            {t.dossier.add_party}
        </a>
    );
    if (dossier.parties.length === 0) {
        return (
            <Page title={t.request.who.title} caption={caption} back={home} narrow>
                <p class="lead">{t.request.who.none}</p>
                <a class="button button-primary" href={href.new_party(dossier.id, true)}>
                    {t.dossier.add_party}
                </a>
            </Page>
        );
    }
    const role_of = (role: string): string => {
        const known = case_type.parties.find((one) => one.role === role);
        return known ? pick(known.title, language).text : role;
    };
    return (
        <FormPage form={form} title={t.request.who.title} caption={caption} back={home} button={t.form.next} cancel={{ href: home.href, text: t.form.cancel }}>
            <Radios
                id="party"
                legend={t.request.who.title}
                legend_hidden
                error={form.error_of("party")}
                options={dossier.parties.map((party) => ({
                    value: party.id,
                    text: party.name,
                    hint: party.mail ? `${role_of(party.role)}, ${party.mail}` : role_of(party.role),
                }))}
                value={draft.party}
                onValue={(party) => change({ party, items: [] })}
            />
            {add}
        </FormPage>
    );
}
