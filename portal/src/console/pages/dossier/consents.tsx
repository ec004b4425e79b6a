// The consents of a dossier with their history. Nothing is edited here: a change is a new event.

import type { JSX } from "preact";

import { format_date_short } from "../../../shared/dates.ts";
import { Card, Facts } from "../../../shared/ui.tsx";
import { shown_state } from "../../consent_need.ts";
import { use_desk } from "../../desk.ts";
import { word } from "../../messages/choose.ts";
import type { Consent, Dossier } from "../../model.ts";
import { ConsentState } from "../../parts/badges.tsx";
import { Moment } from "../../parts/words.tsx";
import { href } from "../../routes.ts";

export function ConsentPanel(props: { dossier: Dossier; handles: boolean }): JSX.Element {
    const { t } = use_desk();
    const { dossier } = props;
    const none = dossier.consents.length === 0;
    const tone = dossier.consent === "withdrawn" ? "negative" : dossier.consent === "missing" ? "warning" : "neutral";
    return (
        <Card id="consents" title={t.dossier.consents} tone={tone}>
            {none ? <p class="soft">{dossier.consent === "not-needed" ? t.dossier.consents_not_needed : t.dossier.consents_empty}</p> : null}
            {dossier.consents.map((consent) => (
                <OneConsent key={consent.id} consent={consent} dossier={dossier} handles={props.handles} />
            ))}
            {props.handles && dossier.consent !== "not-needed" ? (
                <a class="button button-small" href={href.new_consent(dossier.id)}>
                    {t.dossier.register}
                </a>
            ) : null}
        </Card>
    );
}

function OneConsent(props: { consent: Consent; dossier: Dossier; handles: boolean }): JSX.Element {
    const { t, language } = use_desk();
    const { consent, dossier } = props;
    const party = dossier.parties.find((one) => one.id === consent.party)?.name ?? consent.party;
    const state = shown_state(consent, Date.now());
    const day = (at: string | null): string => format_date_short(at, language);
    const events = [...consent.events].sort((left, right) => right.at.localeCompare(left.at));
    return (
        <section class="consent" aria-labelledby={`consent-${consent.id}`}>
            <div class="request-head">
                <h3 id={`consent-${consent.id}`}>{party}</h3>
                <ConsentState state={state} />
            </div>
            <p class="small">{word(t.words.consent_kinds, consent.kind)}</p>
            <p class="small soft">{t.dossier.period(day(consent.from), day(consent.until))}</p>
            {consent.evidence ? <p class="small soft">{word(t.words.evidence, consent.evidence)}</p> : null}
            <details>
                <summary>
                    {t.dossier.history}
                    <span class="visually-hidden">{`: ${party}`}</span>
                </summary>
                <Facts
                    facts={events.map((event) => [
                        word(t.words.consent_states, event.type),
                        <>
                            <Moment at={event.at} />
                            {event.by ? ` ${t.dossier.by(event.by)}` : ""}
                        </>,
                    ])}
                />
            </details>
            {props.handles && state === "given" ? (
                <a class="button button-danger button-small" href={href.withdraw(dossier.id, consent.id)} aria-label={t.dossier.withdraw_about(party)}>
                    {t.dossier.withdraw}
                </a>
            ) : null}
        </section>
    );
}
