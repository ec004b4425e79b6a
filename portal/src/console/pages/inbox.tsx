// Vandaag: what came in, what went wrong, which consents were withdrawn, what is late. The lists do not move by themselves: what comes in
// while the page is open waits behind a button.

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { format_date, format_date_time } from "../../shared/dates.ts";
import { Alert, Button, Card, type Tone } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { use_desk } from "../desk.ts";
import type { Inbox } from "../inbox_poll.ts";
import { use_load, use_send } from "../load.ts";
import type { DossierLine, Notice } from "../model.ts";
import { href } from "../routes.ts";
import { Page } from "../parts/page.tsx";
import { SendFailed } from "../parts/states.tsx";
import { calendar_days, Moment, Said } from "../parts/words.tsx";
import type { Problem } from "../../shared/problem.ts";

type Group = "arrived" | "attention" | "withdrawn" | "other";

const groups: Record<string, Group> = {
    "document.filed": "arrived",
    "document.refused": "attention",
    "document.redo": "attention",
    "document.quarantined": "attention",
    "mail.undelivered": "attention",
    "document.withdrawn": "withdrawn",
    "consent.withdrawn": "withdrawn",
};

export function group_of(kind: string): Group {
    return Object.hasOwn(groups, kind) ? (groups[kind] ?? "other") : "other";
}

// Notices that say the same of the same dossier, as one line with one button: ten pages of a report are one piece of news.
export interface Bundle {
    latest: Notice;
    notices: Notice[];
}

export function bundles_of(notices: readonly Notice[]): Bundle[] {
    const found = new Map<string, Bundle>();
    for (const notice of [...notices].sort((left, right) => right.at.localeCompare(left.at))) {
        const key = `${notice.dossier} ${notice.kind}`;
        const bundle = found.get(key);
        if (bundle) {
            bundle.notices.push(notice);
        } else {
            found.set(key, { latest: notice, notices: [notice] });
        }
    }
    return [...found.values()];
}

export function InboxPage(props: { inbox: Inbox }): JSX.Element {
    const { t, say } = use_desk();
    const { notices, look, mark_done } = props.inbox;
    // What the reader sees: the ids shown so far. Later ones wait until asked for.
    const [shown, set_shown] = useState<ReadonlySet<string> | null>(null);
    const [problem, set_problem] = useState<Problem | null>(null);
    const { send } = use_send();
    useEffect(look, [look]);
    useEffect(() => {
        if (notices && !shown) {
            set_shown(new Set(notices.map((notice) => notice.id)));
        }
    }, [notices, shown]);

    if (!notices || !shown) {
        return (
            <Page title={t.inbox.title}>
                <p class="waiting">{t.states.wait}</p>
            </Page>
        );
    }
    const visible = notices.filter((notice) => shown.has(notice.id));
    const open = visible.filter((notice) => !notice.done);
    const finished = visible.filter((notice) => notice.done);
    const fresh = notices.filter((notice) => !shown.has(notice.id) && !notice.done).length;
    const show_fresh = (): void => set_shown(new Set(notices.map((notice) => notice.id)));
    const finish = async (bundle: Bundle): Promise<void> => {
        const refused = await send(async () => {
            for (const notice of bundle.notices) {
                await api.notice_done(notice.id);
                mark_done(notice.id);
            }
        });
        set_problem(refused);
        if (!refused) {
            say(t.inbox.done_said(bundle.latest.caseNumber));
            document.querySelector<HTMLElement>("h1")?.focus();
        }
    };
    const of = (group: Group): Notice[] => open.filter((notice) => group_of(notice.kind) === group);
    return (
        <Page title={t.inbox.title}>
            <p class="lead">{t.inbox.lead(open.length)}</p>
            <SendFailed problem={problem} />
            {fresh > 0 ? (
                <Alert tone="active" title={t.inbox.fresh(fresh)}>
                    <Button onClick={show_fresh} label={`${t.inbox.show_fresh}: ${t.inbox.fresh(fresh)}`}>
                        {t.inbox.show_fresh}
                    </Button>
                </Alert>
            ) : null}
            <div class="columns">
                <div class="stack">
                    <NoticeCard id="arrived" title={t.inbox.arrived} empty={t.inbox.arrived_empty} tone="positive" notices={of("arrived")} finish={finish} />
                    {of("other").length > 0 ? (
                        <NoticeCard id="other" title={t.inbox.other} empty="" tone="neutral" notices={of("other")} finish={finish} />
                    ) : null}
                    {finished.length > 0 ? <Finished notices={finished} /> : null}
                </div>
                <div class="stack">
                    <NoticeCard id="attention" title={t.inbox.attention} empty={t.inbox.attention_empty} tone="warning" notices={of("attention")} finish={finish} />
                    <NoticeCard id="withdrawn" title={t.inbox.withdrawn} empty={t.inbox.withdrawn_empty} tone="negative" notices={of("withdrawn")} finish={finish} />
                    <Late />
                </div>
            </div>
        </Page>
    );
}

function NoticeCard(props: {
    id: string;
    title: string;
    empty: string;
    tone: Tone;
    notices: readonly Notice[];
    finish: (bundle: Bundle) => Promise<void>;
}): JSX.Element {
    const { t } = use_desk();
    if (props.notices.length === 0) {
        return (
            <Card id={props.id} title={props.title}>
                <p class="soft">{props.empty}</p>
            </Card>
        );
    }
    return (
        <Card id={props.id} title={<Counted title={props.title} count={props.notices.length} />} tone={props.tone}>
            <ul class="notices">
                {bundles_of(props.notices).map((bundle) => (
                    <li key={bundle.latest.id} class="notice">
                        <BundleText bundle={bundle} />
                        <button
                            type="button"
                            class="button button-small"
                            aria-label={t.inbox.done_about(bundle.latest.caseNumber)}
                            onClick={() => void props.finish(bundle)}
                        >
                            <span class="tick" aria-hidden="true" />
                            {t.inbox.done}
                        </button>
                    </li>
                ))}
            </ul>
        </Card>
    );
}

function BundleText(props: { bundle: Bundle }): JSX.Element {
    const { t, language } = use_desk();
    const { latest, notices } = props.bundle;
    return (
        <div class="notice-text">
            <a href={href.dossier(latest.dossier)}>{t.inbox.dossier(latest.caseNumber)}</a>
            <p>
                <Said words={latest.text} />
            </p>
            <p class="soft small">
                {notices.length === 1 ? <Moment at={latest.at} /> : t.inbox.times(notices.length, format_date_time(latest.at, language))}
            </p>
        </div>
    );
}

function Counted(props: { title: string; count: number }): JSX.Element {
    return (
        <>
            {props.title} <span class="count">{props.count}</span>
        </>
    );
}

function Finished(props: { notices: readonly Notice[] }): JSX.Element {
    const { t } = use_desk();
    return (
        <details class="finished">
            <summary>{t.inbox.finished(props.notices.length)}</summary>
            <ul class="notices">
                {bundles_of(props.notices).map((bundle) => (
                    <li key={bundle.latest.id} class="notice">
                        <BundleText bundle={bundle} />
                    </li>
                ))}
            </ul>
        </details>
    );
}

// Dossiers past their deadline with something still missing. When the list cannot be had, the rest of the page stands.
function Late(): JSX.Element | null {
    const { t, language } = use_desk();
    const { load } = use_load("late", api.dossiers);
    const late = useMemo(() => (load.state === "ready" ? late_ones(load.value, Date.now()) : []), [load]);
    if (load.state === "failed") {
        return null;
    }
    if (late.length === 0) {
        return (
            <Card id="late" title={t.inbox.late}>
                <p class="soft">{load.state === "ready" ? t.inbox.late_empty : ""}</p>
            </Card>
        );
    }
    return (
        <Card id="late" title={<Counted title={t.inbox.late} count={late.length} />} tone="warning">
            <ul class="notices">
                {late.map((dossier) => (
                    <li key={dossier.id} class="notice">
                        <div class="notice-text">
                            <a href={href.dossier(dossier.id)}>{t.inbox.dossier(dossier.caseNumber)}</a>
                            <p>{t.inbox.late_line(dossier.requests.asked, dossier.requests.received)}</p>
                            <p class="soft small">{t.inbox.late_since(format_date(dossier.deadline, language))}</p>
                        </div>
                    </li>
                ))}
            </ul>
        </Card>
    );
}

export function late_ones(dossiers: readonly DossierLine[], now: number): DossierLine[] {
    return dossiers
        .filter((dossier) => dossier.requests.received < dossier.requests.asked && dossier.deadline !== null && calendar_days(dossier.deadline, now) < 0)
        .sort((left, right) => (left.deadline ?? "").localeCompare(right.deadline ?? ""));
}
