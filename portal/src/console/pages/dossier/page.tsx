// One dossier: what arrived, what was asked, who is involved, on which consent, and what happened. What a reader may not open, they see
// without its name.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { format_date } from "../../../shared/dates.ts";
import { Alert, Card, Facts } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { is, use_desk } from "../../desk.ts";
import { take_flash } from "../../flash.ts";
import { use_load } from "../../load.ts";
import { word } from "../../messages/choose.ts";
import type { CaseType, Dossier } from "../../model.ts";
import { ConsentBadge } from "../../parts/badges.tsx";
import { Page } from "../../parts/page.tsx";
import { Loaded } from "../../parts/states.tsx";
import { Day, Deadline, Said } from "../../parts/words.tsx";
import { href } from "../../routes.ts";
import { ConsentPanel } from "./consents.tsx";
import { DocumentPanel } from "./documents.tsx";
import { PartyPanel } from "./parties.tsx";
import { ReleasePanel } from "./releases.tsx";
import { RequestPanel } from "./requests.tsx";
import { Timeline } from "./timeline.tsx";

export function DossierPage(props: { id: string }): JSX.Element {
    const { load, reload } = use_load(props.id, async () => {
        const [dossier, case_types] = await Promise.all([api.dossier(props.id), api.case_types()]);
        return { dossier, case_type: case_types.find((known) => known.id === dossier.caseType) ?? null };
    });
    return (
        <Loaded load={load} again={reload}>
            {({ dossier, case_type }) => <DossierView dossier={dossier} case_type={case_type} changed={reload} />}
        </Loaded>
    );
}

function DossierView(props: { dossier: Dossier; case_type: CaseType | null; changed: () => void }): JSX.Element {
    const { t, account } = use_desk();
    const { dossier, case_type } = props;
    const [flash] = useState(() => take_flash(dossier.id));
    const handles = is(account, "handler");
    const make = handles ? (
        <a class="button button-primary" href={href.new_request(dossier.id)}>
            {t.dossier.make_request}
        </a>
    ) : null;
    return (
        <Page title={t.dossier.title(dossier.caseNumber)} unbroken={dossier.caseNumber} back={{ href: href.dossiers(), text: t.dossiers.title }} actions={make}>
            {flash ? (
                <div role="status">
                    <Alert tone="positive" title={t.dossier.done[flash]} />
                </div>
            ) : null}
            <ConsentBanner dossier={dossier} handles={handles} />
            <div class="columns columns-side">
                <div class="stack">
                    <DocumentPanel dossier={dossier} />
                    <ReleasePanel dossier={dossier} may_withdraw={handles || is(account, "advising-doctor")} changed={props.changed} />
                    <RequestPanel dossier={dossier} />
                </div>
                <div class="stack side">
                    <DossierFacts dossier={dossier} />
                    <ConsentPanel dossier={dossier} handles={handles} />
                    <PartyPanel dossier={dossier} case_type={case_type} handles={handles} />
                </div>
                <Timeline dossier={dossier} />
            </div>
        </Page>
    );
}

// A withdrawn consent cannot be overlooked; a missing one is a step still to take.
function ConsentBanner(props: { dossier: Dossier; handles: boolean }): JSX.Element | null {
    const { t, language } = use_desk();
    const { dossier } = props;
    if (dossier.consent === "withdrawn") {
        const last = dossier.consents
            .flatMap((consent) => consent.events.map((event) => ({ party: consent.party, type: event.type, at: event.at })))
            .filter((one) => one.type === "withdrawn")
            .sort((left, right) => right.at.localeCompare(left.at))[0];
        const party = dossier.parties.find((one) => one.id === last?.party);
        return (
            <Alert tone="negative" title={t.dossier.withdrawn_title}>
                {last && party ? <p>{t.dossier.withdrawn_when(party.name, format_date(last.at, language))}</p> : null}
                <p>{t.dossier.withdrawn}</p>
            </Alert>
        );
    }
    if (dossier.consent === "missing" && props.handles) {
        return (
            <Alert tone="warning" title={t.dossier.missing_title}>
                <p>{t.dossier.missing}</p>
                <p>
                    <a href={href.new_consent(dossier.id)}>{t.dossier.register}</a>
                </p>
            </Alert>
        );
    }
    return null;
}

function DossierFacts(props: { dossier: Dossier }): JSX.Element {
    const { t } = use_desk();
    const { dossier } = props;
    const open = dossier.requests.received < dossier.requests.asked;
    return (
        <Card id="facts" title={t.dossier.facts}>
            <Facts
                facts={[
                    [t.dossier.kind, <Said words={dossier.title} />],
                    [t.dossier.subject, dossier.subject],
                    [t.dossier.status, word(t.words.dossier_states, dossier.status)],
                    [t.dossier.deadline, dossier.deadline ? <Deadline at={dossier.deadline} open={open} now={Date.now()} /> : null],
                    [t.dossier.consents, <ConsentBadge state={dossier.consent} />],
                    [t.dossier.handler, dossier.handler],
                    [t.dossier.opened, dossier.openedAt ? <Day at={dossier.openedAt} /> : null],
                ]}
            />
        </Card>
    );
}
