// What happened, newest first. Long histories show their end; the rest opens on demand.

import type { JSX } from "preact";

import { Card } from "../../../shared/ui.tsx";
import { use_desk } from "../../desk.ts";
import type { Dossier, TimelineEntry } from "../../model.ts";
import { Moment, Said } from "../../parts/words.tsx";

const shown_at_once = 12;

export function Timeline(props: { dossier: Dossier }): JSX.Element {
    const { t } = use_desk();
    const entries = props.dossier.timeline
        .map((entry, index) => ({ entry, index }))
        .sort((left, right) => right.entry.at.localeCompare(left.entry.at) || right.index - left.index)
        .map(({ entry }) => entry);
    const older = entries.slice(shown_at_once);
    return (
        <Card id="timeline" title={t.dossier.timeline}>
            {entries.length === 0 ? <p class="soft">{t.dossier.timeline_empty}</p> : <Entries entries={entries.slice(0, shown_at_once)} />}
            {older.length > 0 ? (
                <details>
                    <summary>{t.dossier.timeline_more(older.length)}</summary>
                    <Entries entries={older} />
                </details>
            ) : null}
        </Card>
    );
}

function Entries(props: { entries: readonly TimelineEntry[] }): JSX.Element {
    return (
        <ol class="timeline">
            {props.entries.map((entry, index) => (
                <li key={`${entry.at}-${index}`} class={`event event-${tone_of(entry.act)}`}>
                    <span>
                        <Said words={entry.text} />
                    </span>
                    <span class="small soft">
                        <Moment at={entry.at} />
                        {entry.by ? ` · ${entry.by}` : null}
                    </span>
                </li>
            ))}
        </ol>
    );
}

function tone_of(act: string): string {
    if (/withdrawn|refused|quarantined|denied/.test(act)) {
        return "negative";
    }
    return /filed|given/.test(act) ? "positive" : /redo/.test(act) ? "warning" : "neutral";
}
