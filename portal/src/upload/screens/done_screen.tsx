// Screen 7, and what the same link shows later: what arrived, what became of it, and the receipts.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Alert, Button } from "../../shared/ui.tsx";
import { use_speech } from "../context.ts";
import type { SentDocument } from "../documents.ts";
import type { Messages } from "../messages/messages.ts";
import type { Row } from "../progress.ts";
import { DocumentList, state_text, type ListContext } from "./document_list.tsx";
import { PageHead } from "./page_head.tsx";

export function DoneScreen(props: {
    context: ListContext;
    documents: readonly SentDocument[];
    rows: readonly Row[]; // of this visit; empty when the link was opened again
    first: boolean;
    can_send: boolean;
    on_more: () => void;
    on_retry: () => void;
}): JSX.Element {
    const { texts } = use_speech();
    const { rows, context } = props;
    const failed = rows.filter((row) => row.state === "failed");
    const arrived = rows.length - failed.length;
    use_spoken_changes(props.documents);
    const title = failed.length > 0 ? texts.failure.title : rows.length > 0 ? texts.done.title : texts.done.title_later;
    return (
        <div class="stack-large">
            <PageHead title={title} first={props.first} {...(rows.length > 0 ? { step: 3 } : {})} />
            {failed.length > 0 ? (
                <Alert tone="negative" title={arrived > 0 ? texts.failure.partly(arrived, rows.length) : texts.failure.nothing}>
                    <ul>
                        {failed.map((row) => (
                            <li key={row.key}>{failure_text(row, texts)}</li>
                        ))}
                    </ul>
                    {props.can_send ? (
                        <p class="actions">
                            <Button onClick={props.on_retry}>{texts.failure.retry}</Button>
                        </p>
                    ) : null}
                </Alert>
            ) : rows.length > 0 ? (
                <Alert tone="positive" title={texts.done.close}>
                    <p>
                        {texts.done.reference}: <strong class="reference">{context.envelope.case_number}</strong>
                    </p>
                    <p>{texts.done.next}</p>
                </Alert>
            ) : (
                <p class="lead">
                    {texts.done.reference}: <strong class="reference">{context.envelope.case_number}</strong>
                </p>
            )}
            {props.documents.length > 0 ? (
                <section class="stack" aria-labelledby="documents-title">
                    <h2 id="documents-title">{texts.done.status_title}</h2>
                    <p class="soft">{texts.done.updates}</p>
                    <DocumentList documents={props.documents} context={context} level={3} />
                    <p class="soft">{texts.done.receipt_why}</p>
                </section>
            ) : null}
            {props.can_send ? (
                <p class="actions">
                    <Button onClick={props.on_more}>{texts.done.more}</Button>
                </p>
            ) : null}
        </div>
    );
}

function failure_text(row: Row, texts: Messages): string {
    const failure = row.failure;
    if (failure?.kind === "refused") {
        if (failure.status === 413) {
            return texts.failure.too_large(row.name);
        }
        return failure.status === 507
            ? texts.failure.no_space
            : failure.status === 422
              ? texts.failure.broken(row.name)
              : texts.failure.refused(row.name);
    }
    if (failure?.kind === "changed" || failure?.kind === "stopped") {
        return texts.failure[failure.kind](row.name);
    }
    return texts.failure.broken(row.name);
}

function use_spoken_changes(documents: readonly SentDocument[]): void {
    const { texts, language, announce } = use_speech();
    const before = useRef<Map<string, string> | null>(null);
    useEffect(() => {
        const now = new Map(documents.map((document) => [document.upload, document.state]));
        const changed = documents.filter(
            (document) => before.current?.has(document.upload) && before.current.get(document.upload) !== document.state,
        );
        before.current = now;
        if (changed.length > 0) {
            announce(
                changed
                    .map((document) => texts.state.changed(document.name ?? texts.done.unnamed, state_text(document, texts, language)))
                    .join(" "),
            );
        }
    }, [documents]);
}
