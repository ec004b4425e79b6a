// Step 4: the answers, the mail as it goes out, and what the party reads after opening the link. Then it is sent.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { format_date } from "../../../shared/dates.ts";
import { language_names, pick } from "../../../shared/language.ts";
import type { Problem } from "../../../shared/problem.ts";
import { Alert, Button, Card, Facts } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { types_without_consent } from "../../consent_need.ts";
import { end_of_day } from "../../days.ts";
import { use_desk } from "../../desk.ts";
import { forget_draft } from "../../drafts.ts";
import { leave_flash } from "../../flash.ts";
import { refused_field } from "../../form.ts";
import { use_send } from "../../load.ts";
import { preview_mail } from "../../mail_preview.ts";
import { Page, Unbroken } from "../../parts/page.tsx";
import { SendFailed } from "../../parts/states.tsx";
import { go, href, type RequestStep } from "../../routes.ts";
import { MissingConsent } from "./documents.tsx";
import { request_draft_key } from "./draft.ts";
import type { StepWithParty } from "./page.tsx";

export function CheckStep(props: StepWithParty): JSX.Element {
    const { t } = use_desk();
    const { dossier, case_type, draft, caption, party } = props;
    const r = t.request.check;
    const [problem, set_problem] = useState<Problem | null>(null);
    const { busy, send } = use_send();
    const deadline = end_of_day(draft.deadline);
    const wanted = draft.items.map((item) => item.type);
    const missing = types_without_consent(dossier, case_type, party.id, wanted, Date.now());
    const refused = problem ? types_refused(problem, wanted, missing) : [];
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        set_problem(null);
        const refused = await send(async () => {
            await api.send_request(dossier.id, {
                party: party.id,
                items: draft.items.map((item) => ({ ...item })),
                deadline: deadline ?? "",
                message: draft.message.trim(),
                language: draft.language,
            });
            forget_draft(request_draft_key(dossier.id));
            leave_flash(dossier.id, "request");
            go(href.dossier(dossier.id));
        });
        set_problem(refused);
    };
    return (
        <Page title={r.title} caption={caption} back={{ href: href.new_request(dossier.id, "deadline"), text: t.form.back }} wrong={problem !== null}>
            {refused.length > 0 ? <ConsentRefusal {...props} missing={refused} /> : <SendFailed problem={problem} />}
            {!problem && missing.length > 0 ? <MissingConsent {...props} missing={missing} /> : null}
            <div class="columns">
                <Card id="answers" title={r.answers}>
                    <Answers {...props} />
                </Card>
                <div class="stack">
                    <MailCard {...props} />
                    <SealedCard {...props} />
                </div>
            </div>
            <form class="form" onSubmit={submit}>
                <div class="actions">
                    <Button type="submit" look="primary" busy={busy}>
                        {busy ? r.busy : r.button}
                    </Button>
                    <a class="button button-quiet" href={href.dossier(dossier.id)}>
                        {t.form.cancel}
                    </a>
                </div>
            </form>
        </Page>
    );
}

// The document types a refusal for want of consent is about. Core's 422 names the first one, "release-medical: missing (medical-report)";
// what this page sees for itself may be more.
export function types_refused(problem: Problem, wanted: readonly string[], missing: readonly string[]): string[] {
    const named = problem.status === 422 ? /\(([^()]+)\)$/.exec(problem.detail)?.[1] : undefined;
    if (named === undefined || !wanted.includes(named)) {
        return problem.status === 422 && refused_field(problem) === null ? [...missing] : [];
    }
    return missing.includes(named) ? [...missing] : [named, ...missing];
}

function ConsentRefusal(props: StepWithParty & { missing: readonly string[] }): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, case_type, party, missing } = props;
    const documents = case_type.documents.filter((document) => missing.includes(document.type));
    return (
        <Alert tone="negative" title={t.request.check.consent_title} urgent>
            <p>{t.request.check.consent(party.name)}</p>
            <ul>
                {documents.map((document) => (
                    <li key={document.type}>{pick(document.title, language).text}</li>
                ))}
            </ul>
            <p>
                <a href={href.new_consent(dossier.id, party.id, true)}>{t.request.check.register}</a>
            </p>
        </Alert>
    );
}

function Answers(props: StepWithParty): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, draft, party } = props;
    const r = t.request.check;
    const with_change = (what: JSX.Element | string, step: RequestStep, about: string): JSX.Element => (
        <div class="answer">
            <div>{what}</div>
            <a class="answer-change" href={href.new_request(dossier.id, step)} aria-label={`${t.form.change}: ${about}`}>
                {t.form.change}
            </a>
        </div>
    );
    return (
        <Facts
            facts={[
                [r.to, with_change(party.name, "who", r.to)],
                [r.documents, with_change(<DocumentList {...props} />, "documents", r.documents)],
                [r.deadline, with_change(format_date(end_of_day(draft.deadline), language), "deadline", r.deadline)],
                [r.message, with_change(draft.message.trim() === "" ? r.no_message : <span class="message">{draft.message.trim()}</span>, "deadline", r.message)],
                [r.mail_language, with_change(language_names[draft.language], "deadline", r.mail_language)],
            ]}
        />
    );
}

function DocumentList(props: StepWithParty): JSX.Element {
    const { t, language } = use_desk();
    const { case_type, draft } = props;
    return (
        <ul class="plain">
            {draft.items.map((item) => {
                const document = case_type.documents.find((one) => one.type === item.type);
                return (
                    <li key={item.type}>
                        {document ? pick(document.title, language).text : item.type}
                        <span class="cell-second">{item.required ? t.dossier.required : t.dossier.wanted}</span>
                    </li>
                );
            })}
        </ul>
    );
}

function MailCard(props: StepWithParty): JSX.Element {
    const { t } = use_desk();
    const { dossier, draft, party } = props;
    const r = t.request.check;
    const mail = preview_mail(draft.language, dossier.caseNumber, draft.deadline, "https://…/u#…");
    return (
        <Card id="mail" title={r.mail}>
            <p class="small soft">{r.mail_what}</p>
            <div class="letter">
                <dl class="inline-facts">
                    {party.mail ? (
                        <div>
                            <dt>{r.mail_to}</dt>
                            <dd class="mail">{party.mail}</dd>
                        </div>
                    ) : null}
                    <div>
                        <dt>{r.mail_subject}</dt>
                        <dd>{mail.subject}</dd>
                    </div>
                </dl>
                <div class="letter-body" id="mail-body" lang={draft.language}>
                    {mail.paragraphs.map((paragraph) => (
                        <p key={paragraph} class="message">
                            <Unbroken text={paragraph} part={dossier.caseNumber} />
                        </p>
                    ))}
                </div>
            </div>
        </Card>
    );
}

function SealedCard(props: StepWithParty): JSX.Element {
    const { t } = use_desk();
    const { draft } = props;
    const r = t.request.check;
    return (
        <Card id="sealed" title={r.sealed}>
            <p class="small soft">{r.sealed_what}</p>
            <div class="letter">
                <DocumentList {...props} />
                {draft.message.trim() === "" ? null : <p class="message">{draft.message.trim()}</p>}
            </div>
        </Card>
    );
}
