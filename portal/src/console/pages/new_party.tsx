// Nieuwe partij: an outside person or organisation in a role of the case type.

import type { JSX } from "preact";

import { pick } from "../../shared/language.ts";
import { TextField } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { use_desk } from "../desk.ts";
import { fetch_dossier_with_type, type DossierWithType } from "../dossier_with_type.ts";
import { forget_draft, use_draft } from "../drafts.ts";
import { leave_flash } from "../flash.ts";
import { errors_among, refused_field, use_form } from "../form.ts";
import { use_load } from "../load.ts";
import { FormPage } from "../parts/form_page.tsx";
import { Radios } from "../parts/radios.tsx";
import { Loaded } from "../parts/states.tsx";
import { go, href } from "../routes.ts";
import { request_draft_key } from "./new_request/draft.ts";

// Roughly: something, an @, something with a dot. Whether it arrives, only the mail server knows.
const mail_shape = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

export function NewPartyPage(props: { dossier: string; then_request: boolean }): JSX.Element {
    const { load, reload } = use_load(props.dossier, () => fetch_dossier_with_type(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(found) => <NewPartyForm {...found} then_request={props.then_request} />}
        </Loaded>
    );
}

function NewPartyForm(props: DossierWithType & { then_request: boolean }): JSX.Element {
    const { t, language } = use_desk();
    const n = t.new_party;
    const { dossier, case_type } = props;
    const key = `party ${dossier.id}`;
    const only = case_type.parties.length === 1 ? (case_type.parties[0]?.role ?? "") : "";
    const [draft, change] = use_draft(key, { role: only, name: "", mail: "" });
    const [, choose] = use_draft(request_draft_key(dossier.id), { party: "" });
    const home = props.then_request ? href.new_request(dossier.id) : href.dossier(dossier.id);
    const form = use_form(
        () =>
            errors_among([
                [draft.role === "", "role", n.no_role],
                [draft.name.trim() === "", "name", n.no_name],
                [!mail_shape.test(draft.mail.trim()), "mail", n.no_mail],
            ]),
        async () => {
            const id = await api.add_party(dossier.id, { role: draft.role, name: draft.name.trim(), mail: draft.mail.trim() });
            forget_draft(key);
            if (props.then_request) {
                choose({ party: id });
            } else {
                leave_flash(dossier.id, "party");
            }
            go(home);
        },
        (problem) => (refused_field(problem) === "mail" ? { target: "mail", text: n.no_mail } : null),
    );
    return (
        <FormPage
            form={form}
            title={n.title}
            back={{ href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) }}
            button={n.button}
            cancel={{ href: home, text: t.form.cancel }}
        >
            <Radios
                id="role"
                legend={n.role}
                error={form.error_of("role")}
                options={case_type.parties.map((role) => ({ value: role.role, text: pick(role.title, language).text }))}
                value={draft.role}
                onValue={(role) => change({ role })}
            />
            <TextField id="name" label={n.name} hint={n.name_hint} error={form.error_of("name")} value={draft.name} onValue={(name) => change({ name })} maxLength={200} wide />
            <TextField id="mail" type="email" label={n.mail} hint={n.mail_hint} error={form.error_of("mail")} value={draft.mail} onValue={(mail) => change({ mail })} maxLength={254} wide />
        </FormPage>
    );
}
