// Nieuwe toegang: a name, the documents, the last day; then the file, once.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { pick } from "../../../shared/language.ts";
import type { Problem } from "../../../shared/problem.ts";
import { Checkbox, Fieldset, TextField, type FormError } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { day_after, end_of_day } from "../../days.ts";
import { use_desk } from "../../desk.ts";
import { forget_draft, use_draft } from "../../drafts.ts";
import { errors_among, refused_field, use_form } from "../../form.ts";
import { use_load } from "../../load.ts";
import type { Dossier, DocumentRequest, MadeCredential } from "../../model.ts";
import { FormPage } from "../../parts/form_page.tsx";
import { Loaded, NotFound } from "../../parts/states.tsx";
import { href } from "../../routes.ts";
import { deadline_ok } from "../new_request/draft.ts";
import { ShownOnce } from "./shown.tsx";

const usual_days = 90;
const label_bytes_max = 100;

export function NewCredentialPage(props: { dossier: string; request: string }): JSX.Element {
    const { load, reload } = use_load(props.dossier, () => api.dossier(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(dossier) => {
                const request = dossier.requests_made.find((one) => one.id === props.request);
                return request?.credentials ? <NewCredential dossier={dossier} request={request} /> : <NotFound />;
            }}
        </Loaded>
    );
}

interface Place {
    dossier: Dossier;
    request: DocumentRequest;
}

function NewCredential(props: Place): JSX.Element {
    const [made, set_made] = useState<MadeCredential | null>(null);
    return made ? <ShownOnce dossier={props.dossier} made={made} old_until={null} /> : <NewCredentialForm {...props} made={set_made} />;
}

function NewCredentialForm(props: Place & { made: (made: MadeCredential) => void }): JSX.Element {
    const { t, language } = use_desk();
    const f = t.credentials.form;
    const { dossier, request } = props;
    const key = `credential ${request.id}`;
    const [draft, change] = use_draft(key, {
        label: "",
        items: request.items.map((item) => item.type),
        last_day: day_after(new Date(), usual_days),
    });
    const toggle = (type: string, yes: boolean): void =>
        change({ items: yes ? [...draft.items, type] : draft.items.filter((one) => one !== type) });
    const long = new TextEncoder().encode(draft.label.trim()).length > label_bytes_max;
    const form = use_form(
        () =>
            errors_among([
                [draft.label.trim() === "" || long, "label", f.no_label],
                [draft.items.length === 0, "items", f.no_items],
                [!deadline_ok(draft.last_day, Date.now()), "expires", f.no_date],
            ]),
        async () => {
            const expiresAt = end_of_day(draft.last_day) ?? "";
            const made = await api.make_credential(request.id, { label: draft.label.trim(), items: draft.items, expiresAt });
            forget_draft(key);
            props.made(made);
        },
        (problem) => field_of(problem, f),
    );
    return (
        <FormPage
            form={form}
            title={f.title}
            lead={f.lead(request.partyName)}
            back={{ href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) }}
            button={f.button}
            cancel={{ href: href.dossier(dossier.id), text: t.form.cancel }}
        >
            <TextField id="label" label={f.label} hint={f.label_hint} error={form.error_of("label")} value={draft.label} onValue={(label) => change({ label })} maxLength={label_bytes_max} wide />
            <Fieldset id="items" legend={f.items} error={form.error_of("items")}>
                <div class="choices">
                    {request.items.map((item) => (
                        <Checkbox
                            key={item.type}
                            id={`item-${item.type}`}
                            label={pick(item.title, language).text}
                            checked={draft.items.includes(item.type)}
                            onChecked={(yes) => toggle(item.type, yes)}
                        />
                    ))}
                </div>
            </Fieldset>
            <TextField id="expires" type="date" label={f.expires} hint={f.expires_hint} error={form.error_of("expires")} value={draft.last_day} onValue={(last_day) => change({ last_day })} />
        </FormPage>
    );
}

// A 422 that names no field of ours names a consent: "release-medical: missing (medical-report)".
function field_of(problem: Problem, f: { enough: string; consent: string; no_label: string; no_items: string; no_date: string }): FormError | null {
    if (problem.status === 409) {
        return { target: "label", text: f.enough };
    }
    const field = refused_field(problem);
    const fields: Record<string, FormError> = {
        label: { target: "label", text: f.no_label },
        items: { target: "items", text: f.no_items },
        expiresAt: { target: "expires", text: f.no_date },
    };
    if (field && Object.hasOwn(fields, field)) {
        return fields[field] ?? null;
    }
    return problem.status === 422 && /\([a-z0-9-]+\)$/.test(problem.detail) ? { target: "items", text: f.consent } : null;
}
