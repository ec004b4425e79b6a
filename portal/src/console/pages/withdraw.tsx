// Toestemming intrekken: what happens, why, and then it happens at once.

import type { JSX } from "preact";

import { Alert, TextArea } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { use_desk } from "../desk.ts";
import { forget_draft, use_draft } from "../drafts.ts";
import { leave_flash } from "../flash.ts";
import { use_form } from "../form.ts";
import { use_load } from "../load.ts";
import type { Dossier } from "../model.ts";
import { FormPage } from "../parts/form_page.tsx";
import { Page } from "../parts/page.tsx";
import { Loaded, NotFound } from "../parts/states.tsx";
import { go, href } from "../routes.ts";

export function WithdrawPage(props: { dossier: string; consent: string }): JSX.Element {
    const { t } = use_desk();
    const { load, reload } = use_load(props.dossier, () => api.dossier(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(dossier) => {
                const consent = dossier.consents.find((one) => one.id === props.consent);
                if (!consent) {
                    return <NotFound />;
                }
                if (consent.state !== "given") {
                    return (
                        <Page title={t.withdraw.title} back={{ href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) }} narrow>
                            <p class="lead">{t.withdraw.already}</p>
                        </Page>
                    );
                }
                const party = dossier.parties.find((one) => one.id === consent.party)?.name ?? consent.party;
                return <WithdrawForm dossier={dossier} consent={consent.id} party={party} />;
            }}
        </Loaded>
    );
}

function WithdrawForm(props: { dossier: Dossier; consent: string; party: string }): JSX.Element {
    const { t } = use_desk();
    const w = t.withdraw;
    const { dossier, consent } = props;
    const key = `withdraw ${consent}`;
    const [draft, change] = use_draft(key, { reason: "" });
    const form = use_form(
        () => [], // withdrawing is as easy as giving: no reason is asked for,
        async () => {
            await api.withdraw_consent(consent, draft.reason.trim());
            forget_draft(key);
            leave_flash(dossier.id, "withdrawn");
            go(href.dossier(dossier.id));
        },
        (problem) => (problem.status === 409 || problem.status === 404 ? { target: "reason", text: w.already } : null),
    );
    return (
        <FormPage
            form={form}
            title={w.title}
            lead={w.lead(props.party)}
            back={{ href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) }}
            button={w.button}
            look="danger"
            cancel={{ href: href.dossier(dossier.id), text: w.keep }}
        >
            <Alert tone="warning">
                <ul>
                    {w.effects.map((effect) => (
                        <li key={effect}>{effect}</li>
                    ))}
                </ul>
                <p>
                    <strong>{w.irreversible}</strong>
                </p>
            </Alert>
            <TextArea id="reason" label={`${w.reason} ${t.form.optional}`} hint={w.reason_hint} error={form.error_of("reason")} value={draft.reason} onValue={(reason) => change({ reason })} rows={3} maxLength={500} />
        </FormPage>
    );
}
