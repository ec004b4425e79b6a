// Every document of this request with its state, its receipts and what they prove.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { format_date_time } from "../../shared/dates.ts";
import { pick } from "../../shared/language.ts";
import { Badge, Button, type Tone } from "../../shared/ui.tsx";
import { use_speech } from "../context.ts";
import type { DocumentState, SentDocument } from "../documents.ts";
import { the_engine } from "../engine.ts";
import type { Envelope } from "../envelope.ts";
import type { Messages } from "../messages/messages.ts";
import { fetch_receipt } from "../posting.ts";
import { save_text } from "../../shared/save_text.ts";

const tones: Record<DocumentState, Tone> = {
    received: "active",
    filed: "positive",
    redo: "warning",
    refused: "negative",
    withdrawn: "negative",
    unfinished: "neutral",
};

export interface ListContext {
    envelope: Envelope;
    grant: string;
    access: string;
}

export function state_text(document: SentDocument, texts: Messages, language: Parameters<typeof pick>[1]): string {
    const reason = pick(document.reason, language).text;
    const words = texts.state[document.state];
    return (typeof words === "function" ? words(reason) : words).trim();
}

// Short enough to read out over the phone; the receipt holds the whole id.
export function receipt_number(upload: string): string {
    return `${upload.slice(0, 4)}-${upload.slice(4, 8)}-${upload.slice(8, 12)}`.toUpperCase();
}

export function DocumentList(props: { documents: readonly SentDocument[]; context: ListContext; level: 2 | 3 }): JSX.Element {
    return (
        <ul class="documents">
            {props.documents.map((document) => (
                <DocumentCard key={document.upload} document={document} context={props.context} level={props.level} />
            ))}
        </ul>
    );
}

function DocumentCard(props: { document: SentDocument; context: ListContext; level: 2 | 3 }): JSX.Element {
    const { texts, language } = use_speech();
    const { document, context } = props;
    const item = pick(context.envelope.items.find((one) => one.code === document.item)?.title, language);
    const Title = props.level === 2 ? "h2" : "h3";
    return (
        <li class="document" data-upload={document.upload} data-state={document.state}>
            <div class="item-head">
                <Title class="card-title file-name">{document.name ?? (item.text || texts.done.unnamed)}</Title>
                <Badge tone={tones[document.state]}>{texts.state.badge[document.state]}</Badge>
            </div>
            <p>{state_text(document, texts, language)}</p>
            <p class="soft document-facts">
                {document.name && item.text ? <span lang={item.lang}>{item.text}</span> : null}
                <span>
                    {document.state === "unfinished" ? "" : texts.done.received_at} {format_date_time(document.at, language)}
                </span>
                <span>
                    {texts.done.number} {receipt_number(document.upload)}
                </span>
            </p>
            {document.state === "unfinished" ? null : <Receipts document={document} context={context} />}
        </li>
    );
}

function Receipts(props: { document: SentDocument; context: ListContext }): JSX.Element {
    const { texts, announce } = use_speech();
    const { document, context } = props;
    const [failed, set_failed] = useState(false);
    const verdict = use_verdict(document, context);
    const name = receipt_number(document.upload).toLowerCase();
    const save_accepted = async () => {
        try {
            set_failed(false);
            save_text(
                `${texts.receipt_file}-${name}.tlog-proof`,
                document.receipt ?? (await fetch_receipt(context.access, document.upload)),
            );
        } catch {
            set_failed(true);
            announce(texts.done.receipt_failed);
        }
    };
    const about = document.name ?? name;
    return (
        <>
            {verdict === null ? null : (
                <p class={verdict ? "verdict verdict-good" : "verdict verdict-bad"}>
                    {verdict ? texts.done.checked : texts.done.unchecked}
                </p>
            )}
            <p class="actions">
                <Button label={`${texts.done.receipt}: ${about}`} onClick={() => void save_accepted()}>
                    {texts.done.receipt}
                </Button>
                {document.filed_receipt ? (
                    <Button
                        label={`${texts.done.filed_receipt}: ${about}`}
                        onClick={() => save_text(`${texts.filed_receipt_file}-${name}.tlog-proof`, document.filed_receipt ?? "")}
                    >
                        {texts.done.filed_receipt}
                    </Button>
                ) : null}
            </p>
            {failed ? <p class="field-error">{texts.done.receipt_failed}</p> : null}
        </>
    );
}

// true: every receipt at hand was recomputed and speaks of this document. null: nothing to recompute yet.
function use_verdict(document: SentDocument, context: ListContext): boolean | null {
    const [verdict, set_verdict] = useState<boolean | null>(null);
    useEffect(() => {
        const { promised, receipt, filed_receipt } = document;
        const { edge, core } = context.envelope.logs;
        const same_bytes = promised?.["sha256"] === undefined ? {} : { sha256: promised["sha256"] };
        const filed = { act: "document.filed", upload: document.upload, grant: context.grant, item: document.item, ...same_bytes };
        const wanted = [
            ...(receipt && promised ? [{ text: receipt, verifier: edge, facts: promised }] : []),
            ...(filed_receipt ? [{ text: filed_receipt, verifier: core, facts: filed }] : []),
        ];
        if (wanted.length === 0) {
            return undefined;
        }
        let current = true;
        void Promise.all(wanted.map((verification) => the_engine().verify(verification))).then((good) => {
            if (current) {
                set_verdict(good.every((one) => one));
            }
        });
        return () => {
            current = false;
        };
    }, [document.upload, document.receipt, document.filed_receipt]);
    return verdict;
}
