// Nieuw dossier: its kind, its number, whom it is about.

import type { JSX } from "preact";

import { pick } from "../../shared/language.ts";
import { TextField } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { use_desk } from "../desk.ts";
import { forget_draft, use_draft } from "../drafts.ts";
import { leave_flash } from "../flash.ts";
import { errors_among, refused_field, use_form } from "../form.ts";
import { use_load } from "../load.ts";
import type { CaseType } from "../model.ts";
import { FormPage } from "../parts/form_page.tsx";
import { Radios } from "../parts/radios.tsx";
import { Loaded } from "../parts/states.tsx";
import { go, href } from "../routes.ts";

const number_shape = /^[A-Za-z0-9\-_./]{1,64}$/; // as core wants it
const draft_key = "new-dossier";

export function NewDossierPage(): JSX.Element {
    const { load, reload } = use_load("case-types", api.case_types);
    return (
        <Loaded load={load} again={reload}>
            {(case_types) => <NewDossierForm case_types={case_types} />}
        </Loaded>
    );
}

function NewDossierForm(props: { case_types: readonly CaseType[] }): JSX.Element {
    const { t, language } = use_desk();
    const n = t.new_dossier;
    const [draft, change] = use_draft(draft_key, { case_type: "", number: "", subject: "", doctor: "" });
    const chosen = props.case_types.find((known) => known.id === draft.case_type);
    // Documents under a consent have an advising doctor to read them.
    const wants_doctor = chosen?.documents.some((document) => document.consent) ?? false;
    const form = use_form(
        () =>
            errors_among([
                [!chosen, "case_type", n.no_type],
                [draft.number.trim() === "", "number", n.no_number],
                [draft.number.trim() !== "" && !number_shape.test(draft.number.trim()), "number", n.bad_number],
                [draft.subject.trim() === "", "subject", n.no_subject],
            ]),
        async () => {
            const doctor = wants_doctor ? draft.doctor.trim() : "";
            const id = await api.open_dossier({
                caseType: draft.case_type,
                caseNumber: draft.number.trim(),
                subject: draft.subject.trim(),
                advisingDoctor: doctor === "" ? null : doctor,
            });
            forget_draft(draft_key);
            leave_flash(id, "made");
            go(href.dossier(id));
        },
        (problem) => {
            if (problem.status === 409) {
                return { target: "number", text: n.taken };
            }
            return refused_field(problem) === "advisingDoctor" ? { target: "doctor", text: n.no_doctor } : null;
        },
    );
    return (
        <FormPage
            form={form}
            title={n.title}
            back={{ href: href.dossiers(), text: t.dossiers.title }}
            button={n.button}
            cancel={{ href: href.dossiers(), text: t.form.cancel }}
        >
            <Radios
                id="case_type"
                legend={n.case_type}
                error={form.error_of("case_type")}
                options={props.case_types.map((known) => ({ value: known.id, text: pick(known.title, language).text }))}
                value={draft.case_type}
                onValue={(case_type) => change({ case_type })}
            />
            <TextField id="number" label={n.number} hint={n.number_hint} error={form.error_of("number")} value={draft.number} onValue={(number) => change({ number })} maxLength={64} />
            <TextField id="subject" label={n.subject} hint={n.subject_hint} error={form.error_of("subject")} value={draft.subject} onValue={(subject) => change({ subject })} maxLength={200} wide />
            {wants_doctor ? (
                <TextField
                    id="doctor"
                    label={`${n.doctor} ${t.form.optional}`}
                    hint={n.doctor_hint}
                    error={form.error_of("doctor")}
                    value={draft.doctor}
                    onValue={(doctor) => change({ doctor })}
                    maxLength={64}
                />
            ) : null}
        </FormPage>
    );
}
