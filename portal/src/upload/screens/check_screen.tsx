// Screen 5: what will be sent, and the one button that sends it.

import type { JSX } from "preact";
import { format_size } from "../../shared/dates.ts";
import { pick } from "../../shared/language.ts";
import { Alert, Button, Card } from "../../shared/ui.tsx";
import type { Chosen } from "../chosen.ts";
import { use_speech } from "../context.ts";
import { files_there, type SentDocument } from "../documents.ts";
import type { Envelope } from "../envelope.ts";
import { PageHead } from "./page_head.tsx";

export function CheckScreen(props: {
    envelope: Envelope;
    documents: readonly SentDocument[];
    chosen: readonly Chosen[];
    on_back: () => void;
    on_send: () => void;
}): JSX.Element {
    const { texts, language } = use_speech();
    const { envelope, chosen } = props;
    const missing = envelope.items.filter(
        (item) => item.required && files_there(props.documents, item.code) === 0 && !chosen.some((one) => one.item === item.code),
    );
    const size = format_size(
        chosen.reduce((sum, one) => sum + one.file.size, 0),
        language,
    );
    return (
        <div class="stack-large">
            <PageHead title={texts.check.title} step={2} />
            <p class="lead">{texts.check.lead(envelope.organisation || envelope.service)}</p>
            <Card>
                {envelope.items.map((item) => {
                    const files = chosen.filter((one) => one.item === item.code);
                    const title = pick(item.title, language);
                    return files.length === 0 ? null : (
                        <div class="check-item" key={item.code}>
                            <div class="item-head">
                                <h2 class="card-title" lang={title.lang}>
                                    {title.text}
                                </h2>
                                <Button look="quiet" label={`${texts.check.change} ${title.text}`} onClick={props.on_back}>
                                    {texts.check.change}
                                </Button>
                            </div>
                            <ul class="file-list">
                                {files.map((one) => (
                                    <li class="file-row" key={one.key}>
                                        <span class="file-name">{one.file.name}</span>
                                        <span class="file-size soft">{format_size(one.file.size, language)}</span>
                                    </li>
                                ))}
                            </ul>
                        </div>
                    );
                })}
                <p class="soft">{texts.check.total(chosen.length, size)}</p>
            </Card>
            {missing.map((item) => (
                <Alert tone="warning" key={item.code}>
                    <p>{texts.check.missing(pick(item.title, language).text)}</p>
                </Alert>
            ))}
            <p class="actions">
                <Button look="primary" id="send" onClick={props.on_send}>
                    {texts.check.send}
                </Button>
                <Button look="quiet" onClick={props.on_back}>
                    {texts.check.back}
                </Button>
            </p>
        </div>
    );
}
