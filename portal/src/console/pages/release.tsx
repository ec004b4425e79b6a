// Vrijgeven aan…: a filed document becomes readable for the party of a request of the same dossier, until a day.

import type { JSX } from "preact";

import { pick } from "../../shared/language.ts";
import { Alert, TextField } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { day_after, end_of_day } from "../days.ts";
import { use_desk } from "../desk.ts";
import { forget_draft, use_draft } from "../drafts.ts";
import { leave_flash } from "../flash.ts";
import { errors_among, refused_field, use_form } from "../form.ts";
import { use_load } from "../load.ts";
import type { Dossier, FiledDocument } from "../model.ts";
import { FormPage } from "../parts/form_page.tsx";
import { Radios } from "../parts/radios.tsx";
import { Loaded, NotFound } from "../parts/states.tsx";
import { go, href } from "../routes.ts";

const usual_days = 30;
const days_max = 365;

export function ReleasePage(props: { dossier: string; document: string }): JSX.Element {
    const { load, reload } = use_load(props.dossier, () => api.dossier(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(dossier) => {
                const document = dossier.documents.find((one) => one.id === props.document && one.mayRead);
                return document ? <ReleaseForm dossier={dossier} document={document} /> : <NotFound />;
            }}
        </Loaded>
    );
}

function ReleaseForm(props: { dossier: Dossier; document: FiledDocument }): JSX.Element {
    const { t, language } = use_desk();
    const r = t.release;
    const { dossier, document } = props;
    const key = `release ${document.id}`;
    const readers = dossier.requests_made.filter((one) => one.mayReceive);
    const only = readers.length === 1 ? (readers[0]?.id ?? "") : "";
    const [draft, change] = use_draft(key, { request: only, until: day_after(new Date(), usual_days) });
    const until = end_of_day(draft.until);
    const latest = day_after(new Date(), days_max);
    const form = use_form(
        () =>
            errors_among([
                [!readers.some((one) => one.id === draft.request), "request", r.no_request],
                [until === null || Date.parse(until) <= Date.now() || draft.until > latest, "until", r.no_until],
            ]),
        async () => {
            await api.release(document.id, { request: draft.request, expiresAt: until ?? "" });
            forget_draft(key);
            leave_flash(dossier.id, "released");
            go(href.dossier(dossier.id));
        },
        (problem) => {
            const gone = problem.status === 409 || problem.status === 404 || refused_field(problem) === "request";
            return gone ? { target: "request", text: r.refused } : refused_field(problem) === "expiresAt" ? { target: "until", text: r.no_until } : null;
        },
    );
    const back = { href: href.dossier(dossier.id), text: t.dossier.title(dossier.caseNumber) };
    return (
        <FormPage
            form={form}
            title={r.title}
            lead={r.lead(document.name ?? pick(document.title, language).text)}
            back={back}
            button={r.button}
            cancel={{ href: back.href, text: t.form.cancel }}
        >
            {readers.length === 0 ? <Alert tone="warning" title={r.nobody} /> : null}
            <Radios
                id="request"
                legend={r.to}
                error={form.error_of("request")}
                options={readers.map((one) => ({
                    value: one.id,
                    text: `${one.partyName} (${one.items.map((item) => pick(item.title, language).text).join(", ")})`,
                }))}
                value={draft.request}
                onValue={(request) => change({ request })}
            />
            <TextField id="until" type="date" label={r.until} hint={r.until_hint} error={form.error_of("until")} value={draft.until} onValue={(day) => change({ until: day })} />
        </FormPage>
    );
}
