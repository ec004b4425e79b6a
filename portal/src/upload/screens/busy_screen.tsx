// Screen 6: one bar, one sentence, and where each document is.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { format_size } from "../../shared/dates.ts";
import { Alert, Badge, Button, Card, Progress, type Tone } from "../../shared/ui.tsx";
import { use_speech } from "../context.ts";
import { percent_of, type RowState, type Transfer } from "../progress.ts";
import { PageHead } from "./page_head.tsx";

const tones: Record<RowState, Tone> = {
    waiting: "neutral",
    encrypting: "active",
    sending: "active",
    sealing: "active",
    arrived: "positive",
    failed: "negative",
};

export function BusyScreen(props: { transfer: Transfer; on_pause: () => void; on_resume: () => void; on_stop: () => void }): JSX.Element {
    const { texts, language, announce } = use_speech();
    const [paused, set_paused] = useState(false);
    const { transfer } = props;
    const percent = percent_of(transfer);
    use_quarters(percent, transfer);
    const total = transfer.rows.reduce((sum, row) => sum + row.size, 0);
    const notice = transfer.again ? texts.busy.again(transfer.again) : connection_text(transfer, texts);
    const toggle = () => {
        set_paused(!paused);
        announce(paused ? "" : texts.busy.paused);
        (paused ? props.on_resume : props.on_pause)();
    };
    return (
        <div class="stack-large">
            <PageHead title={texts.busy.title} step={3} tab={`${percent}% – ${texts.busy.title}`} />
            <Alert tone="warning">
                <p>{texts.busy.keep_open}</p>
            </Alert>
            <Card>
                <p class="percent">
                    {texts.busy.percent(percent, format_size((total * percent) / 100, language), format_size(total, language))}
                </p>
                <Progress value={percent} max={100} label={texts.busy.progress} />
                <p class="notice">{paused ? texts.busy.paused : notice}</p>
                <ul class="file-list">
                    {transfer.rows.map((row) => (
                        <li class="file-row" key={row.key}>
                            <span class="file-name">{row.name}</span>
                            <Badge tone={tones[row.state]}>{texts.busy[row.state]}</Badge>
                        </li>
                    ))}
                </ul>
            </Card>
            <div class="actions">
                <Button onClick={toggle}>{paused ? texts.busy.resume : texts.busy.pause}</Button>
                <StopButton on_stop={props.on_stop} />
            </div>
        </div>
    );
}

function connection_text(transfer: Transfer, texts: ReturnType<typeof use_speech>["texts"]): string {
    return transfer.connection ? texts.busy[transfer.connection] : "";
}

// Screen readers hear quarters, a loss and a return; not every percent.
function use_quarters(percent: number, transfer: Transfer): void {
    const { texts, announce } = use_speech();
    const said = useRef(0);
    const quarter = Math.floor(percent / 25) * 25;
    useEffect(() => {
        if (quarter > said.current) {
            said.current = quarter;
            announce(texts.busy.short(quarter));
        }
    }, [quarter]);
    useEffect(() => {
        const text = transfer.again ? texts.busy.again(transfer.again) : connection_text(transfer, texts);
        if (text !== "") {
            announce(text);
        }
    }, [transfer.connection, transfer.again]);
}

// Asks once more, in the page: no dialog to trap the keyboard.
function StopButton(props: { on_stop: () => void }): JSX.Element {
    const { texts } = use_speech();
    const [asking, set_asking] = useState(false);
    const question = useRef<HTMLParagraphElement>(null);
    useEffect(() => {
        if (asking) {
            question.current?.focus();
        }
    }, [asking]);
    if (!asking) {
        return (
            <Button look="quiet" onClick={() => set_asking(true)}>
                {texts.busy.stop}
            </Button>
        );
    }
    return (
        <div class="ask-again" role="group" aria-labelledby="stop-question">
            <p id="stop-question" ref={question} tabIndex={-1}>
                {texts.busy.stop_sure}
            </p>
            <div class="actions">
                <Button look="danger" onClick={props.on_stop}>
                    {texts.busy.stop_yes}
                </Button>
                <Button onClick={() => set_asking(false)}>{texts.busy.stop_no}</Button>
            </div>
        </div>
    );
}
