// Leeslijst: the documents the reader may open, by dossier. Core has no such list, so it is put together from the dossiers in which
// something arrived, a few at a time.

import type { JSX } from "preact";

import { Alert, Card } from "../../shared/ui.tsx";
import { api, as_problem } from "../api.ts";
import { use_desk } from "../desk.ts";
import { use_load } from "../load.ts";
import type { Dossier, DossierLine } from "../model.ts";
import { Page, Unbroken } from "../parts/page.tsx";
import { Loaded } from "../parts/states.tsx";
import { Day, Said } from "../parts/words.tsx";
import { href } from "../routes.ts";
import { DownloadLink } from "./dossier/documents.tsx";

const dossiers_max = 40;
const at_a_time = 4;

interface ReadingList {
    dossiers: Dossier[];
    failed: string[]; // case numbers
    left_out: number;
}

async function fetch_reading_list(): Promise<ReadingList> {
    const lines = (await api.dossiers()).filter((line) => line.requests.received > 0);
    const waiting = lines.slice(0, dossiers_max);
    const found = new Map<string, Dossier>();
    const failed: string[] = [];
    const take = async (line: DossierLine): Promise<void> => {
        try {
            found.set(line.id, await api.dossier(line.id));
        } catch (fault) {
            const problem = as_problem(fault);
            if (problem.status === 401) {
                throw problem;
            }
            failed.push(line.caseNumber);
        }
    };
    const queue = waiting.values();
    const worker = async (): Promise<void> => {
        for (const line of queue) {
            await take(line);
        }
    };
    await Promise.all(Array.from({ length: at_a_time }, worker));
    return {
        dossiers: waiting.flatMap((line) => found.get(line.id) ?? []).filter((dossier) => readable(dossier).length > 0),
        failed,
        left_out: lines.length - waiting.length,
    };
}

function readable(dossier: Dossier): Dossier["documents"] {
    return dossier.documents
        .filter((document) => document.mayRead && document.state === "filed")
        .sort((left, right) => right.at.localeCompare(left.at));
}

export function ReadingPage(): JSX.Element {
    const { t } = use_desk();
    const { load, reload } = use_load("reading", fetch_reading_list);
    return (
        <Loaded load={load} again={reload}>
            {(list) => (
                <Page title={t.reading.title}>
                    <p class="lead">{list.dossiers.length === 0 ? t.reading.empty : t.reading.lead}</p>
                    {list.failed.length > 0 ? (
                        <Alert tone="warning">
                            <p>{t.reading.part_failed(list.failed.join(", "))}</p>
                        </Alert>
                    ) : null}
                    <div class="stack">
                        {list.dossiers.map((dossier) => (
                            <ReadingCard key={dossier.id} dossier={dossier} />
                        ))}
                    </div>
                    {list.dossiers.length > 0 ? <p class="soft small">{t.dossier.reading_logged}</p> : null}
                    {list.left_out > 0 ? <p class="soft">{t.reading.more(list.left_out)}</p> : null}
                </Page>
            )}
        </Loaded>
    );
}

function ReadingCard(props: { dossier: Dossier }): JSX.Element {
    const { t } = use_desk();
    const { dossier } = props;
    const documents = readable(dossier);
    return (
        <Card id={`reading-${dossier.id}`} title={<a href={href.dossier(dossier.id)}><Unbroken text={t.dossier.title(dossier.caseNumber)} part={dossier.caseNumber} /></a>}>
            <p class="small soft">
                <Said words={dossier.title} />
                {dossier.subject ? ` – ${dossier.subject}` : ""}
                {` – ${t.reading.documents(documents.length)}`}
            </p>
            <ul class="notices">
                {documents.map((document) => (
                    <li key={document.id} class="notice">
                        <div class="notice-text">
                            <strong>
                                <Said words={document.title} />
                            </strong>
                            {document.name ? <p class="mail">{document.name}</p> : null}
                            <p class="small soft">
                                {dossier.parties.find((party) => party.id === document.party)?.name ?? document.party}
                                {", "}
                                <Day at={document.at} />
                            </p>
                        </div>
                        <DownloadLink row={document} />
                    </li>
                ))}
            </ul>
        </Card>
    );
}
