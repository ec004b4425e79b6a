// What arrived. Everybody on the dossier sees that a document is there and how it fares; its name and content only who may read it.

import type { JSX } from "preact";

import { format_size } from "../../../shared/dates.ts";
import { pick } from "../../../shared/language.ts";
import { Card, Table, type Column } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { use_desk } from "../../desk.ts";
import type { Dossier, FiledDocument } from "../../model.ts";
import { DocumentState } from "../../parts/badges.tsx";
import { Day, Said } from "../../parts/words.tsx";
import { href } from "../../routes.ts";

export function DocumentPanel(props: { dossier: Dossier }): JSX.Element {
    const { t } = use_desk();
    const { dossier } = props;
    const readable = dossier.documents.some((document) => document.mayRead);
    const columns: Column<FiledDocument>[] = [
        {
            key: "what",
            title: t.dossier.document,
            header: true,
            cell: (row) => (
                <>
                    <Said words={row.title} />
                    <span class="cell-second">
                        {sender(dossier, row)}
                        {", "}
                        <Day at={row.at} short />
                    </span>
                    {row.name ? <span class="cell-second">{row.name}</span> : null}
                    {row.reason ? (
                        <span class="cell-second cell-reason">
                            <Said words={row.reason} />
                        </span>
                    ) : null}
                </>
            ),
        },
        { key: "state", title: t.dossier.state, cell: (row) => <DocumentState state={row.state} /> },
        { key: "content", title: t.dossier.content, cell: (row) => <Content dossier={dossier} row={row} /> },
    ];
    return (
        <Card id="documents">
            <Table
                caption={t.dossier.documents}
                columns={columns}
                rows={dossier.documents}
                row_key={(row) => row.id}
                empty={<EmptyDocuments />}
            />
            {readable ? <p class="soft small">{t.dossier.reading_logged}</p> : null}
        </Card>
    );
}

function EmptyDocuments(): JSX.Element {
    const { t } = use_desk();
    return (
        <>
            <strong class="empty-title">{t.dossier.documents}</strong>
            {t.dossier.documents_empty}
        </>
    );
}

// The party of a document is its id, or already its name.
function sender(dossier: Dossier, row: FiledDocument): string {
    return dossier.parties.find((party) => party.id === row.party)?.name ?? row.party ?? "";
}

const under_way = ["accepted", "checking", "filing"];

function Content(props: { dossier: Dossier; row: FiledDocument }): JSX.Element {
    const { t } = use_desk();
    const { row } = props;
    if (row.state !== "filed") {
        return <span class="soft">{under_way.includes(row.state) ? t.dossier.not_yet : t.dossier.unreadable}</span>;
    }
    if (!row.mayRead) {
        return <span class="soft closed">{t.dossier.closed}</span>;
    }
    return (
        <>
            <DownloadLink row={row} />
            {props.dossier.requests_made.some((request) => request.mayReceive) ? <ReleaseLink dossier={props.dossier} row={row} /> : null}
        </>
    );
}

function ReleaseLink(props: { dossier: Dossier; row: FiledDocument }): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, row } = props;
    return (
        <a
            class="button button-quiet button-small"
            href={href.release(dossier.id, row.id)}
            aria-label={t.release.open_about(row.name ?? pick(row.title, language).text)}
        >
            {t.release.open}
        </a>
    );
}

// An ordinary link: the browser streams the content to the disk, and nothing of it stays in this page.
export function DownloadLink(props: { row: FiledDocument }): JSX.Element {
    const { t, language } = use_desk();
    const { row } = props;
    const what = row.name ?? pick(row.title, language).text;
    const size = row.size === null ? "" : format_size(row.size, language);
    return (
        <a class="button button-small" href={api.content_address(row.id)} download={row.name ?? ""}>
            <span class="visually-hidden">{t.dossier.download_about(what, size)}</span>
            <span aria-hidden="true">{t.dossier.download}</span>
            {size ? (
                <span class="button-note" aria-hidden="true">
                    {size}
                </span>
            ) : null}
        </a>
    );
}
