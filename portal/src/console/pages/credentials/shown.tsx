// The file of a credential that was just made. It is nowhere else: going away loses it, and then only a new one helps.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { format_date_time } from "../../../shared/dates.ts";
import { save_text } from "../../../shared/save_text.ts";
import { Alert, Button, Card, Facts } from "../../../shared/ui.tsx";
import { use_desk } from "../../desk.ts";
import type { Dossier, MadeCredential } from "../../model.ts";
import { Page } from "../../parts/page.tsx";
import { Day } from "../../parts/words.tsx";
import { href } from "../../routes.ts";

// Every system takes such a name, and a shell takes it without quotes.
export function file_name(case_number: string, label: string): string {
    const plain = (text: string): string => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
    return `${["sluis", plain(case_number), plain(label).toLowerCase()].filter((part) => part !== "").join("-").slice(0, 80)}.json`;
}

// `old_until`: of the credential that this one replaces; null when it replaces none.
export function ShownOnce(props: { dossier: Dossier; made: MadeCredential; old_until: string | null }): JSX.Element {
    const { t, say } = use_desk();
    const s = t.credentials.shown;
    const { dossier, made } = props;
    const [saved, set_saved] = useState(false);
    const name = file_name(dossier.caseNumber, made.label);
    useEffect(() => {
        const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
        if (!saved) {
            window.addEventListener("beforeunload", ask);
        }
        return () => window.removeEventListener("beforeunload", ask);
    }, [saved]);
    const save = (): void => {
        save_text(name, `${JSON.stringify(made.credential, null, 2)}\n`);
        set_saved(true);
        say(s.downloaded);
    };
    return (
        <Page title={s.title} narrow>
            <Alert tone="warning" title={s.once_title}>
                <p>{s.once}</p>
            </Alert>
            <Card>
                <Facts
                    facts={[
                        [t.credentials.form.label, made.label],
                        [s.valid, <Day at={made.expiresAt} />],
                    ]}
                />
                {props.old_until ? <OldOne until={props.old_until} /> : null}
                <Button look="primary" onClick={save}>
                    {s.download}
                </Button>
                <p class="file-name small soft">{name}</p>
            </Card>
            <Command name={name} one_item={made.items.length === 1} />
            <div class="actions">
                <a class="button" href={href.dossier(dossier.id)}>
                    {s.back}
                </a>
            </div>
        </Page>
    );
}

function OldOne(props: { until: string }): JSX.Element {
    const { t, language } = use_desk();
    const s = t.credentials.shown;
    if (new Date(props.until).getTime() <= Date.now()) {
        return <p>{s.old_over}</p>;
    }
    return <p>{s.old(format_date_time(props.until, language))}</p>;
}

// With several items the program must say which one a document is.
export function command_for(name: string, one_item: boolean): string {
    return one_item
        ? `sluis send --credential ${name} document.pdf`
        : `sluis credential show ${name}\nsluis send --credential ${name} --item CODE document.pdf`;
}

function Command(props: { name: string; one_item: boolean }): JSX.Element {
    const { t, say } = use_desk();
    const s = t.credentials.shown;
    const code = useRef<HTMLElement>(null);
    const [said, set_said] = useState("");
    const command = command_for(props.name, props.one_item);
    const tell = (text: string): void => {
        set_said(text);
        say(text);
    };
    const copy = (): void => {
        const failed = (): void => {
            if (code.current) {
                window.getSelection()?.selectAllChildren(code.current);
            }
            tell(s.not_copied);
        };
        navigator.clipboard.writeText(command).then(() => tell(s.copied), failed);
    };
    return (
        <Card id="command" title={s.command}>
            <pre class="command">
                <code ref={code}>{command}</code>
            </pre>
            {props.one_item ? null : <p class="small soft">{s.code}</p>}
            <Button onClick={copy}>{s.copy}</Button>
            {said ? <p class="small">{said}</p> : null}
        </Card>
    );
}
