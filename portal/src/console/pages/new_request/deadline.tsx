// Step 3: by when, with which message, in which language.

import type { JSX } from "preact";

import { language_names, languages, is_language } from "../../../shared/language.ts";
import { Button, TextArea, TextField } from "../../../shared/ui.tsx";
import { day_after } from "../../days.ts";
import { use_desk } from "../../desk.ts";
import { errors_among, use_form } from "../../form.ts";
import { FormPage } from "../../parts/form_page.tsx";
import { Radios } from "../../parts/radios.tsx";
import { go, href } from "../../routes.ts";
import { deadline_ok } from "./draft.ts";
import type { StepWithParty } from "./page.tsx";

const usual = [14, 30, 60];

export function DeadlineStep(props: StepWithParty): JSX.Element {
    const { t, say } = use_desk();
    const { dossier, draft, change, caption } = props;
    const r = t.request.deadline;
    const form = use_form(
        () => errors_among([[!deadline_ok(draft.deadline, Date.now()), "deadline", r.no_date]]),
        async () => go(href.new_request(dossier.id, "check")),
    );
    const choose = (days: number): void => {
        const day = day_after(new Date(), days);
        change({ deadline: day });
        say(`${r.date}: ${day}`);
    };
    return (
        <FormPage
            form={form}
            title={r.title}
            caption={caption}
            back={{ href: href.new_request(dossier.id, "documents"), text: t.form.back }}
            button={t.form.next}
            cancel={{ href: href.dossier(dossier.id), text: t.form.cancel }}
        >
            <div class="field">
                <TextField id="deadline" type="date" label={r.date} hint={r.date_hint} error={form.error_of("deadline")} value={draft.deadline} onValue={(deadline) => change({ deadline })} />
                <div class="row quick" role="group" aria-label={r.date}>
                    {usual.map((days) => (
                        <Button key={days} look="quiet" onClick={() => choose(days)}>
                            {r.in_days(days)}
                        </Button>
                    ))}
                </div>
            </div>
            <TextArea
                id="message"
                label={`${r.message} ${t.form.optional}`}
                hint={r.message_hint}
                value={draft.message}
                onValue={(message) => change({ message })}
                rows={5}
                maxLength={2000}
            />
            <Radios
                id="language"
                legend={r.language}
                options={languages.map((language) => ({ value: language, text: language_names[language] }))}
                value={draft.language}
                onValue={(language) => change(is_language(language) ? { language } : {})}
                inline
            />
        </FormPage>
    );
}
