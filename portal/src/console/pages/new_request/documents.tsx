// Step 2: which documents. Those of the case type that this party can give; those under a consent are marked, and without a consent the
// page says so before core has to.

import type { JSX } from "preact";

import { pick } from "../../../shared/language.ts";
import { Alert, Badge, Checkbox, Fieldset } from "../../../shared/ui.tsx";
import { types_without_consent } from "../../consent_need.ts";
import { use_desk } from "../../desk.ts";
import { errors_among, use_form } from "../../form.ts";
import { FormPage } from "../../parts/form_page.tsx";
import { Page } from "../../parts/page.tsx";
import { go, href } from "../../routes.ts";
import type { StepWithParty } from "./page.tsx";

export function DocumentsStep(props: StepWithParty): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, case_type, draft, change, caption, party } = props;
    const r = t.request.documents;
    const back = { href: href.new_request(dossier.id, "who"), text: t.form.back };
    const offered = case_type.documents.filter((document) => document.by.includes(party.role));
    const wanted = draft.items.map((item) => item.type);
    const missing = types_without_consent(dossier, case_type, party.id, wanted, Date.now());
    const form = use_form(
        () => errors_among([[!offered.some((document) => wanted.includes(document.type)), "items", r.no_documents]]),
        async () => go(href.new_request(dossier.id, "deadline")),
    );
    if (offered.length === 0) {
        return (
            <Page title={r.title} caption={caption} back={back} narrow>
                <p class="lead">{r.nothing}</p>
            </Page>
        );
    }
    const toggle = (type: string, yes: boolean): void => {
        // In the order of the case type, whatever the order of the clicks.
        const chosen = new Map(draft.items.map((item) => [item.type, item]));
        if (yes) {
            chosen.set(type, { type, required: true });
        } else {
            chosen.delete(type);
        }
        change({ items: offered.flatMap((document) => chosen.get(document.type) ?? []) });
    };
    const require = (type: string, required: boolean): void => {
        change({ items: draft.items.map((item) => (item.type === type ? { type, required } : item)) });
    };
    const role = case_type.parties.find((one) => one.role === party.role);
    return (
        <FormPage
            form={form}
            title={r.title}
            caption={caption}
            back={back}
            button={t.form.next}
            cancel={{ href: href.dossier(dossier.id), text: t.form.cancel }}
            after={missing.length > 0 ? <MissingConsent {...props} missing={missing} /> : null}
        >
            <Fieldset
                id="items"
                legend={<span class="visually-hidden">{r.title}</span>}
                hint={role ? r.hint(pick(role.title, language).text) : ""}
                error={form.error_of("items")}
            >
                <ul class="document-choices">
                    {offered.map((document) => {
                        const item = draft.items.find((one) => one.type === document.type);
                        const title = pick(document.title, language).text;
                        return (
                            <li key={document.type}>
                                <Checkbox
                                    id={`item-${document.type}`}
                                    label={
                                        <>
                                            {title} {document.consent ? <Badge tone="neutral">{r.consent}</Badge> : null}
                                        </>
                                    }
                                    checked={item !== undefined}
                                    onChecked={(yes) => toggle(document.type, yes)}
                                />
                                {item ? (
                                    <div class="choice-more">
                                        <Checkbox
                                            id={`must-${document.type}`}
                                            label={
                                                <>
                                                    <span aria-hidden="true">{r.must}</span>
                                                    <span class="visually-hidden">{r.must_about(title)}</span>
                                                </>
                                            }
                                            checked={item.required}
                                            onChecked={(yes) => require(document.type, yes)}
                                        />
                                    </div>
                                ) : null}
                            </li>
                        );
                    })}
                </ul>
            </Fieldset>
        </FormPage>
    );
}

export function MissingConsent(props: StepWithParty & { missing: readonly string[] }): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, case_type, party, missing } = props;
    const titles = case_type.documents.filter((document) => missing.includes(document.type));
    return (
        <Alert tone="warning" title={t.request.documents.missing_title}>
            <ul>
                {titles.map((document) => (
                    <li key={document.type}>{pick(document.title, language).text}</li>
                ))}
            </ul>
            <p>{t.request.documents.missing(party.name)}</p>
            <p>
                <a href={href.new_consent(dossier.id, party.id, true)}>{t.request.check.register}</a>
            </p>
        </Alert>
    );
}
