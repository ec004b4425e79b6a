// Why nothing can be sent, and what to do now.

import type { JSX } from "preact";
import { Alert, Button } from "../../shared/ui.tsx";
import { use_speech } from "../context.ts";
import type { Envelope } from "../envelope.ts";
import { Contact } from "./contact.tsx";
import { PageHead } from "./page_head.tsx";

export type StopKind = "no_link" | "expired" | "withdrawn" | "paused" | "closed" | "maintenance" | "offline" | "tampered" | "browser";

export interface Stop {
    kind: StopKind;
    detail: string; // expired: since when. withdrawn: "during" when something was on its way
    envelope: Envelope | null;
}

export function StopScreen(props: { stop: Stop; first: boolean; retry: (() => void) | null }): JSX.Element {
    const { texts } = use_speech();
    const { kind, detail, envelope } = props.stop;
    const words = texts.stop[kind];
    const text = typeof words.text === "function" ? words.text(detail) : words.text;
    const tone = kind === "no_link" || kind === "closed" ? "active" : kind === "withdrawn" || kind === "tampered" ? "negative" : "warning";
    return (
        <div class="stack-large">
            <PageHead title={words.title} first={props.first} />
            <Alert tone={tone} urgent={kind === "withdrawn" && detail === "during"}>
                <p>{text}</p>
                {kind === "withdrawn" && detail === "during" ? <p>{texts.stop.withdrawn.during}</p> : null}
                {kind === "expired" ? <p>{texts.stop.expired.ask}</p> : null}
            </Alert>
            {envelope ? (
                <p>
                    {texts.stop.contact(envelope.service || envelope.organisation)} <Contact envelope={envelope} />
                </p>
            ) : null}
            {props.retry ? (
                <p class="actions">
                    <Button onClick={props.retry}>{texts.stop.retry}</Button>
                </p>
            ) : null}
        </div>
    );
}
