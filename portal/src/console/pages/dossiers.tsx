// Dossiers: the reader's own, most urgent first, with a box to search in them. The filter stands in the address, so that a bookmark
// and the way back keep it.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { pick, type Language } from "../../shared/language.ts";
import { Select, Table, TextField, type Column } from "../../shared/ui.tsx";
import { api } from "../api.ts";
import { is, use_desk } from "../desk.ts";
import { use_load } from "../load.ts";
import { word, type Messages } from "../messages/choose.ts";
import type { DossierLine } from "../model.ts";
import { ConsentBadge } from "../parts/badges.tsx";
import { Page } from "../parts/page.tsx";
import { Loaded } from "../parts/states.tsx";
import { calendar_days, Deadline, Said } from "../parts/words.tsx";
import { href, note_address } from "../routes.ts";

export function DossiersPage(props: { filter: string; show: string }): JSX.Element {
    const { load, reload } = use_load("dossiers", api.dossiers);
    return (
        <Loaded load={load} again={reload}>
            {(dossiers) => <DossierList dossiers={dossiers} filter={props.filter} show={props.show} />}
        </Loaded>
    );
}

const waits = (dossier: DossierLine): boolean => dossier.requests.received < dossier.requests.asked;

function matches(dossier: DossierLine, filter: string, show: string, language: Language, now: number): boolean {
    const late = waits(dossier) && dossier.deadline !== null && calendar_days(dossier.deadline, now) < 0;
    const shown =
        show === "waiting" ? waits(dossier)
        : show === "late" ? late
        : show === "consent" ? dossier.consent === "missing" || dossier.consent === "withdrawn"
        : true;
    const text = `${dossier.caseNumber} ${dossier.subject ?? ""} ${pick(dossier.title, language).text}`.toLocaleLowerCase();
    return shown && filter.toLocaleLowerCase().split(/\s+/).every((part) => text.includes(part));
}

// What waits goes before what is complete; then by deadline; then the newest.
export function by_urgency(left: DossierLine, right: DossierLine): number {
    const rank = (dossier: DossierLine): number => (waits(dossier) ? 0 : 1);
    const due = (dossier: DossierLine): string => dossier.deadline ?? "9999";
    return (
        rank(left) - rank(right) ||
        due(left).localeCompare(due(right)) ||
        (right.openedAt ?? "").localeCompare(left.openedAt ?? "")
    );
}

function columns(t: Messages, now: number): Column<DossierLine>[] {
    const d = t.dossiers;
    return [
        {
            key: "number",
            title: d.number,
            header: true,
            cell: (row) => (
                <>
                    <a href={href.dossier(row.id)}>{row.caseNumber}</a>
                    {row.subject ? <span class="cell-second">{row.subject}</span> : null}
                </>
            ),
        },
        { key: "kind", title: d.kind, cell: (row) => <Said words={row.title} /> },
        { key: "pieces", title: d.pieces, cell: (row) => <Pieces row={row} t={t} /> },
        { key: "deadline", title: d.deadline, cell: (row) => <Deadline at={row.deadline} open={waits(row)} now={now} /> },
        { key: "status", title: d.status, cell: (row) => word(t.words.dossier_states, row.status) },
        { key: "consent", title: d.consent, cell: (row) => <ConsentBadge state={row.consent} short /> },
    ];
}

function Pieces(props: { row: DossierLine; t: Messages }): JSX.Element {
    const { asked, received } = props.row.requests;
    if (asked === 0) {
        return <span class="soft">{props.t.dossiers.pieces_of(received, asked)}</span>;
    }
    return (
        <span class="pieces">
            <span>{props.t.dossiers.pieces_of(received, asked)}</span>
            <progress class="progress progress-small" value={received} max={asked} aria-label={props.t.dossiers.pieces_label(received, asked)} />
        </span>
    );
}

function DossierList(props: { dossiers: readonly DossierLine[]; filter: string; show: string }): JSX.Element {
    const { t, language, account } = use_desk();
    const d = t.dossiers;
    const [filter, set_filter] = useState(props.filter);
    const [show, set_show] = useState(Object.hasOwn(d.shows, props.show) ? props.show : "all");
    const now = Date.now();
    const found = props.dossiers.filter((dossier) => matches(dossier, filter, show, language, now)).sort(by_urgency);
    const choose = (words: string, what: string): void => {
        set_filter(words);
        set_show(what);
        note_address(href.dossiers(words, what));
    };
    const make = is(account, "handler") ? (
        <a class="button button-primary" href={href.new_dossier}>
            {d.make}
        </a>
    ) : null;
    const none = props.dossiers.length === 0;
    return (
        <Page title={d.title} actions={make}>
            {none ? null : (
                <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
                    <TextField id="filter" type="search" label={d.filter} value={filter} onValue={(value) => choose(value, show)} />
                    <Select
                        id="show"
                        label={d.show}
                        value={show}
                        onValue={(value) => choose(filter, value)}
                        choices={Object.entries(d.shows).map(([value, text]) => ({ value, text }))}
                    />
                    <p role="status" class="soft filters-count">
                        {d.shown(found.length, props.dossiers.length)}
                    </p>
                </form>
            )}
            <div class="dossiers">
                <Table
                    caption={d.caption}
                    columns={columns(t, now)}
                    rows={found}
                    row_key={(row) => row.id}
                    empty={none ? d.empty : d.none_match}
                />
            </div>
        </Page>
    );
}
