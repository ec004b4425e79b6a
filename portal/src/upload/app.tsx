// The upload app: which screen, and what moves from one to the next.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { format_date } from "../shared/dates.ts";
import { use_document_language } from "../shared/focus.ts";
import { is_language, language_names, languages, preferred_language, type Language } from "../shared/language.ts";
import { Shell, Status } from "../shared/ui.tsx";
import type { Chosen } from "./chosen.ts";
import { SpeechContext, use_speech } from "./context.ts";
import { sent_documents } from "./documents.ts";
import { all_messages } from "./messages/choose.ts";
import { BusyScreen } from "./screens/busy_screen.tsx";
import { CheckScreen } from "./screens/check_screen.tsx";
import { DocumentList } from "./screens/document_list.tsx";
import { DoneScreen } from "./screens/done_screen.tsx";
import { RequestScreen } from "./screens/request_screen.tsx";
import { StopScreen, type Stop } from "./screens/stop_screen.tsx";
import { stop_of_posting } from "./session.ts";
import { use_posting, type Posted } from "./use_posting.ts";
import { use_step, type StepName } from "./use_step.ts";
import { use_transfer } from "./use_transfer.ts";

export function App(): JSX.Element {
    const [wanted, set_wanted] = useState<Language | null>(null);
    const [spoken, set_spoken] = useState("");
    const [waiting, set_waiting] = useState(false);
    const posted = use_posting(waiting);
    const envelope = posted.posting?.envelope ?? posted.stop?.envelope ?? null;
    const given = envelope?.language;
    const language = wanted ?? (is_language(given) ? given : preferred_language(navigator.languages));
    const texts = all_messages[language];
    use_document_language(language);
    return (
        <SpeechContext.Provider value={{ language, texts, announce: set_spoken }}>
            <Shell
                organisation={envelope?.organisation ?? "Sluis"}
                {...(envelope?.service ? { service: envelope.service } : {})}
                skip={texts.skip}
                aside={<LanguageSwitch language={language} on_language={set_wanted} />}
                footer={
                    <>
                        <a href="/privacy" target="_blank" rel="noopener">{texts.privacy}</a>
                        <span>{texts.no_tracking}</span>
                        <a href="/licenses.txt" target="_blank" rel="noopener">{texts.licences}</a>
                    </>
                }
            >
                <Status text={spoken} />
                <Screens posted={posted} on_waiting={set_waiting} />
            </Shell>
        </SpeechContext.Provider>
    );
}

function LanguageSwitch(props: { language: Language; on_language: (language: Language) => void }): JSX.Element {
    const { texts } = use_speech();
    return (
        <label class="language">
            <span class="visually-hidden">{texts.language}</span>
            <select
                class="input language-input"
                value={props.language}
                onChange={(event) => props.on_language(event.currentTarget.value as Language)}
            >
                {languages.map((language) => (
                    <option key={language} value={language} lang={language} selected={language === props.language}>
                        {language_names[language]}
                    </option>
                ))}
            </select>
        </label>
    );
}

function Screens(props: { posted: Posted; on_waiting: (waiting: boolean) => void }): JSX.Element | null {
    const { texts, language, announce } = use_speech();
    const { session, posting, stop, refresh } = props.posted;
    const [step, go] = use_step();
    const [chosen, set_chosen] = useState<readonly Chosen[]>([]);
    const sending = use_transfer();
    const rows = sending.transfer?.rows ?? [];
    const finished = sending.transfer?.finished ?? false;
    const began = useRef(new Date().toISOString());
    const documents = posting ? sent_documents(posting, rows, began.current) : [];
    const first = step === null;

    useEffect(() => {
        if (finished) {
            set_chosen((before) =>
                before.filter((one) =>
                    rows.some((row) => row.key === one.key && row.state === "failed" && row.failure?.kind !== "changed"),
                ),
            );
            announce("");
            void refresh().then(() => go("done", "instead"));
        }
    }, [finished]);
    // Also when all is decided: a consent can be withdrawn, a document asked for again.
    const news_may_come = posting !== null && step !== "busy";
    useEffect(() => props.on_waiting(news_may_come), [news_may_come]);

    if (!posting || !session || stop?.kind === "tampered") {
        return stop ? <StopScreen stop={stop} first={first} retry={retry_of(stop, () => void refresh())} /> : <Loading />;
    }
    const context = { envelope: posting.envelope, grant: session.grant, access: session.keys.access };
    const list = documents.length > 0 ? <DocumentList documents={documents} context={context} level={2} /> : null;
    const closed = stop_of_posting(posting, Date.now());
    const shown = shown_step(step, documents.length > 0 && !needs_more(posting.envelope.items, documents));
    if (closed && shown !== "busy" && (closed.kind === "withdrawn" || shown !== "done" || rows.length === 0)) {
        const during = closed.kind === "withdrawn" && rows.some((row) => row.state === "failed");
        const detail = closed.kind === "expired" ? format_date(closed.detail, language) : during ? "during" : "";
        return (
            <div class="stack-large">
                <StopScreen key={closed.kind} stop={{ ...closed, detail }} first={first} retry={null} />
                {list}
            </div>
        );
    }
    const more = () => {
        sending.forget();
        go("request", "instead");
    };
    const retry = () => {
        sending.forget();
        go(chosen.length > 0 ? "check" : "request", "instead");
    };
    switch (shown) {
        case "request": {
            const earlier = list ? (
                <section class="stack" aria-labelledby="earlier-title">
                    <h2 id="earlier-title">{texts.done.earlier}</h2>
                    <DocumentList documents={documents} context={context} level={3} />
                </section>
            ) : null;
            const request = { posting, documents, chosen, first, earlier, on_chosen: set_chosen, on_next: () => go("check", "forward") };
            return <RequestScreen key="request" {...request} />;
        }
        case "check": {
            const send = () => {
                sending.start(session, posting.envelope, chosen);
                go("busy", "instead");
            };
            return (
                <CheckScreen
                    key="check"
                    envelope={posting.envelope}
                    documents={documents}
                    chosen={chosen}
                    on_back={() => history.back()}
                    on_send={send}
                />
            );
        }
        case "busy":
            return (
                sending.transfer && (
                    <BusyScreen
                        key="busy"
                        transfer={sending.transfer}
                        on_pause={sending.pause}
                        on_resume={sending.resume}
                        on_stop={sending.stop}
                    />
                )
            );
        case "done":
            return (
                <DoneScreen
                    key="done"
                    context={context}
                    documents={documents}
                    rows={rows}
                    first={first}
                    can_send={!closed}
                    on_more={more}
                    on_retry={retry}
                />
            );
    }
}

// Who opens the link again after everything was sent wants to know how it stands, not to send.
function shown_step(step: StepName | null, all_sent: boolean): StepName {
    return step ?? (all_sent ? "done" : "request");
}

function needs_more(
    items: Parameters<typeof CheckScreen>[0]["envelope"]["items"],
    documents: Parameters<typeof DocumentList>[0]["documents"],
): boolean {
    const there = (code: string) =>
        documents.some((document) => document.item === code && (document.state === "received" || document.state === "filed"));
    const wanted = items.some((item) => item.required) ? items.filter((item) => item.required) : items;
    return wanted.some((item) => !there(item.code));
}

function retry_of(stop: Stop, refresh: () => void): (() => void) | null {
    return stop.kind === "offline" || stop.kind === "maintenance" ? refresh : null;
}

function Loading(): JSX.Element {
    const { texts } = use_speech();
    return <p class="loading">{texts.loading}</p>;
}
