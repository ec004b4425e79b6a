// Screens 1 and 4: who asks for what and why, and the place to add it. One page, so that handing in takes three clicks.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { days_until, format_date, format_size } from "../../shared/dates.ts";
import { pick } from "../../shared/language.ts";
import { Alert, Button, Card, ErrorSummary, Facts, type FormError } from "../../shared/ui.tsx";
import { check_files, type Chosen, type Rejected } from "../chosen.ts";
import { use_speech } from "../context.ts";
import { files_there, type SentDocument } from "../documents.ts";
import type { Envelope, WantedItem } from "../envelope.ts";
import { is_picture, media_type_names } from "../media_type.ts";
import type { Posting } from "../posting.ts";
import { Contact } from "./contact.tsx";
import { FilePicker } from "./file_picker.tsx";
import { LocalizedText } from "./localized_text.tsx";
import { PageHead } from "./page_head.tsx";

export function RequestScreen(props: {
    posting: Posting;
    documents: readonly SentDocument[];
    chosen: readonly Chosen[];
    first: boolean;
    on_chosen: (chosen: readonly Chosen[]) => void;
    on_next: () => void;
    earlier: ComponentChildren;
}): JSX.Element {
    const { texts, language } = use_speech();
    const { envelope } = props.posting;
    const picking = use_picking(props);
    const service = envelope.service || envelope.organisation;
    return (
        <div class="stack-large">
            <ErrorSummary title={texts.files.summary} errors={picking.errors} />
            <PageHead
                title={texts.ask.title}
                step={1}
                first={props.first}
                {...(picking.errors.length > 0 ? { tab: texts.error_prefix + texts.ask.title } : {})}
            />
            <p class="lead">{texts.ask.lead(service, pick(envelope.case_title, language).text)}</p>
            <About envelope={envelope} />
            {props.earlier}
            <section class="stack" aria-labelledby="files-title">
                <h2 id="files-title">{texts.files.title}</h2>
                <ul class="items">
                    {envelope.items.map((item) => (
                        <FilePicker
                            key={item.code}
                            item={item}
                            bytes_max={picking.bytes_max(item)}
                            sent_before={files_there(props.documents, item.code)}
                            chosen={props.chosen.filter((chosen) => chosen.item === item.code)}
                            errors={picking.errors.filter((error) => error.target === `pick-${item.code}`).map((error) => error.text)}
                            on_files={(files) => void picking.add(item, files)}
                            on_remove={picking.remove}
                        />
                    ))}
                </ul>
                {props.chosen.some((chosen) => is_picture(chosen.type)) ? <p class="soft">{texts.files.location_warning}</p> : null}
            </section>
            <Alert tone="active" title={texts.protect.title}>
                <p>{texts.protect.text(envelope.organisation || service)}</p>
                <p>{texts.protect.limits}</p>
            </Alert>
            <p class="actions">
                <Button look="primary" id="next" busy={picking.checking} onClick={picking.next}>
                    {texts.files.next}
                </Button>
            </p>
        </div>
    );
}

function About(props: { envelope: Envelope }): JSX.Element {
    const { texts, language } = use_speech();
    const { envelope } = props;
    const days = days_until(envelope.deadline, Date.now());
    const deadline = envelope.deadline ? `${format_date(envelope.deadline, language)} (${texts.ask.deadline_days(days)})` : "";
    return (
        <Card>
            <Facts
                facts={[
                    [texts.ask.case_number, envelope.case_number],
                    [texts.ask.who, <Contact envelope={envelope} />],
                    [texts.ask.addressed_to, envelope.party],
                    [texts.ask.why, <LocalizedText text={envelope.purpose} />],
                    [texts.ask.deadline, deadline],
                ]}
            />
            {envelope.message ? (
                <blockquote class="message">
                    <p class="message-title">{texts.ask.from_handler}</p>
                    <p class="message-text">{envelope.message}</p>
                </blockquote>
            ) : null}
            <details>
                <summary>{texts.ask.details}</summary>
                <Facts
                    facts={[
                        [texts.ask.basis, has_text(envelope.legal_basis) ? <LocalizedText text={envelope.legal_basis} /> : null],
                        [texts.ask.permission, envelope.consent.state === "given" ? <Permission envelope={envelope} /> : null],
                        [
                            texts.ask.wrong,
                            texts.ask.wrong_what([envelope.asker.phone, envelope.asker.mail].filter((way) => way !== "").join(", ")),
                        ],
                    ]}
                />
            </details>
        </Card>
    );
}

function has_text(text: Readonly<Record<string, string>>): boolean {
    return Object.keys(text).length > 0;
}

function Permission(props: { envelope: Envelope }): JSX.Element {
    const { texts, language } = use_speech();
    const { statement, since } = props.envelope.consent;
    return (
        <>
            <LocalizedText text={statement} /> {since ? texts.ask.permission_since(format_date(since, language)) : null}
        </>
    );
}

interface Picking {
    errors: readonly FormError[];
    checking: boolean;
    bytes_max: (item: WantedItem) => number;
    add: (item: WantedItem, files: readonly File[]) => Promise<void>;
    remove: (chosen: Chosen) => void;
    next: () => void;
}

function smallest(...limits: readonly number[]): number {
    const set = limits.filter((limit) => limit > 0);
    return set.length > 0 ? Math.min(...set) : Number.MAX_SAFE_INTEGER;
}

function use_picking(props: Parameters<typeof RequestScreen>[0]): Picking {
    const { texts, language, announce } = use_speech();
    const [errors, set_errors] = useState<readonly FormError[]>([]);
    const [checking, set_checking] = useState(false);
    const bytes_max = (item: WantedItem) => smallest(item.file_bytes_max, props.posting.limits.file_bytes_max);

    const complaint = (item: WantedItem, bad: Rejected): FormError => {
        const details = {
            "too-big": format_size(bytes_max(item), language),
            type: media_type_names(item.media_types),
            "too-many": String(item.files_max),
        };
        const detail = bad.complaint in details ? details[bad.complaint as keyof typeof details] : "";
        return { target: `pick-${bad.item}`, text: texts.files.complaint[bad.complaint](bad.name, detail) };
    };
    const add = async (item: WantedItem, files: readonly File[]) => {
        if (checking || files.length === 0) {
            return;
        }
        set_checking(true);
        announce(texts.files.checking);
        const here = props.chosen.filter((chosen) => chosen.item === item.code).length;
        const room = item.files_max - files_there(props.documents, item.code) - here;
        const { good, bad } = await check_files(files, { item, bytes_max: bytes_max(item), room }, props.chosen);
        set_checking(false);
        props.on_chosen([...props.chosen, ...good]);
        set_errors(bad.map((one) => complaint(item, one)));
        announce(good.length > 0 ? texts.files.status_added(good.length) : "");
    };
    const remove = (chosen: Chosen) => {
        props.on_chosen(props.chosen.filter((other) => other.key !== chosen.key));
        set_errors([]);
        announce(texts.files.status_removed(chosen.file.name));
        // The button that was pressed is gone; its item's picker is the nearest thing that is not.
        requestAnimationFrame(() => document.getElementById(`pick-${chosen.item}`)?.focus());
    };
    const next = () => {
        if (props.chosen.length > 0) {
            set_errors([]);
            props.on_next();
            return;
        }
        const open = props.posting.envelope.items.find((item) => document.getElementById(`pick-${item.code}`));
        set_errors([{ target: open ? `pick-${open.code}` : "next", text: texts.files.none }]);
    };
    return { errors, checking, bytes_max, add, remove, next };
}
