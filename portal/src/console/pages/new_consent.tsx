// Toestemming registreren: who may give documents, of what kind it is, on which evidence, from when until when.

import type { JSX } from "preact";

import { TextField } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { roles_with_consent } from "../consent_need.ts";
import { day_after, day_of, end_of_day, start_of_day } from "../days.ts";
import { use_desk } from "../desk.ts";
import { fetch_dossier_with_type, type DossierWithType } from "../dossier_with_type.ts";
import { forget_draft, use_draft } from "../drafts.ts";
import { leave_flash } from "../flash.ts";
import { errors_among, refused_field, use_form } from "../form.ts";
import { use_load } from "../load.ts";
import { word } from "../messages/choose.ts";
import type { Party } from "../model.ts";
import { FormPage } from "../parts/form_page.tsx";
import { Page } from "../parts/page.tsx";
import { Radios } from "../parts/radios.tsx";
import { Loaded } from "../parts/states.tsx";
import { go, href } from "../routes.ts";

const kinds = ["secrecy-release", "gdpr-explicit-consent", "gdpr-consent"];
const evidences = ["signed-paper-scan", "witnessed-by-handler", "qualified-signature"]; // what a handler can record
const usual_days = 180;

export function NewConsentPage(props: { dossier: string; party: string | null; then_request: boolean }): JSX.Element {
    const { load, reload } = use_load(props.dossier, () => fetch_dossier_with_type(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(found) => {
                const roles = roles_with_consent(found.case_type);
                const concerned = found.dossier.parties.filter((party) => roles.has(party.role));
                const parties = concerned.length > 0 ? concerned : found.dossier.parties;
                return parties.length === 0 ? (
                    <NobodyYet {...found} />
                ) : (
                    <NewConsentForm {...found} parties={parties} party={props.party} then_request={props.then_request} />
                );
            }}
        </Loaded>
    );
}

function NobodyYet(props: DossierWithType): JSX.Element {
    const { t } = use_desk();
    return (
        <Page title={t.new_consent.title} back={{ href: href.dossier(props.dossier.id), text: t.dossier.title(props.dossier.caseNumber) }} narrow>
            <p class="lead">{t.new_consent.no_parties}</p>
            <a class="button button-primary" href={href.new_party(props.dossier.id)}>
                {t.dossier.add_party}
            </a>
        </Page>
    );
}

function NewConsentForm(props: DossierWithType & { parties: readonly Party[]; party: string | null; then_request: boolean }): JSX.Element {
    const { t } = use_desk();
    const n = t.new_consent;
    const { dossier, parties } = props;
    const key = `consent ${dossier.id}`;
    const asked = parties.find((one) => one.id === props.party) ?? (parties.length === 1 ? parties[0] : undefined);
    const now = new Date();
    const [draft, change] = use_draft(key, {
        party: asked?.id ?? "",
        kind: "secrecy-release",
        evidence: "",
        note: "",
        from: day_of(now),
        until: day_after(now, usual_days),
    });
    const from = start_of_day(draft.from);
    const until = end_of_day(draft.until);
    const home = props.then_request ? href.new_request(dossier.id, "documents") : href.dossier(dossier.id);
    const form = use_form(
        () =>
            errors_among([
                [draft.party === "", "party", n.no_party],
                [draft.kind === "", "kind", n.no_kind],
                [draft.evidence === "", "evidence", n.no_evidence],
                [draft.note.trim() === "", "note", n.no_note],
                [from === null, "from", n.no_from],
                [until === null, "until", n.no_until],
                [from !== null && until !== null && until < from, "until", n.wrong_order],
                [until !== null && new Date(until) < now, "until", n.past],
            ]).filter((error, at, all) => all.findIndex((other) => other.target === error.target) === at),
        async () => {
            await api.register_consent(dossier.id, {
                kind: draft.kind,
                party: draft.party,
                evidence: draft.evidence,
                note: draft.note.trim(),
                from: from ?? "",
                until: until ?? "",
            });
            forget_draft(key);
            leave_flash(dossier.id, "consent");
            go(home);
        },
        (problem) => (refused_field(problem) === "kind" ? { target: "kind", text: n.wrong_kind } : null),
    );
    return (
        <FormPage
            form={form}
            title={n.title}
            lead={n.lead}
            back={{ href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) }}
            button={n.button}
            cancel={{ href: home, text: t.form.cancel }}
        >
            <Radios
                id="party"
                legend={n.party}
                error={form.error_of("party")}
                options={parties.map((one) => ({ value: one.id, text: one.name }))}
                value={draft.party}
                onValue={(party) => change({ party })}
            />
            <Radios
                id="kind"
                legend={n.kind}
                error={form.error_of("kind")}
                options={kinds.map((kind) => ({ value: kind, text: word(t.words.consent_kinds, kind), hint: n.kind_hints[kind] }))}
                value={draft.kind}
                onValue={(kind) => change({ kind })}
            />
            <Radios
                id="evidence"
                legend={n.evidence}
                error={form.error_of("evidence")}
                options={evidences.map((one) => ({ value: one, text: word(t.words.evidence, one) }))}
                value={draft.evidence}
                onValue={(evidence) => change({ evidence })}
            />
            <TextField id="note" label={n.note} hint={n.note_hint} error={form.error_of("note")} value={draft.note} onValue={(note) => change({ note })} maxLength={500} wide />
            <div class="field-pair">
                <TextField id="from" type="date" label={n.from} error={form.error_of("from")} value={draft.from} onValue={(day) => change({ from: day })} />
                <TextField id="until" type="date" label={n.until} error={form.error_of("until")} value={draft.until} onValue={(day) => change({ until: day })} />
            </div>
        </FormPage>
    );
}
