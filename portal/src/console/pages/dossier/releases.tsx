// What was released to whom and until when, and the way to take it back.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Alert, Badge, Button, Card, type Tone } from "../../../shared/ui.tsx";
import { format_date_short } from "../../../shared/dates.ts";
import { api } from "../../api.ts";
import { use_desk } from "../../desk.ts";
import { use_send } from "../../load.ts";
import { word } from "../../messages/choose.ts";
import type { Dossier, Release } from "../../model.ts";
import { Day, Said } from "../../parts/words.tsx";

const tones: Record<string, Tone> = { waiting: "active", ready: "positive", expired: "neutral", withdrawn: "negative" };

export function ReleasePanel(props: { dossier: Dossier; may_withdraw: boolean; changed: () => void }): JSX.Element | null {
    const { t } = use_desk();
    const { dossier } = props;
    if (dossier.releases.length === 0) {
        return null;
    }
    return (
        <Card id="releases" title={t.release.list}>
            {dossier.releases.map((release) => (
                <OneRelease key={release.id} release={release} {...props} />
            ))}
        </Card>
    );
}

function OneRelease(props: { release: Release; dossier: Dossier; may_withdraw: boolean; changed: () => void }): JSX.Element {
    const { t, language, say } = use_desk();
    const r = t.release;
    const { release, dossier } = props;
    const [failed, set_failed] = useState(false);
    const { busy, send } = use_send();
    const document = dossier.documents.find((one) => one.id === release.document);
    const lives = release.state === "waiting" || release.state === "ready";
    const withdraw = async (): Promise<void> => {
        const refused = await send(() => api.withdraw_release(release.id));
        set_failed(refused !== null);
        if (!refused) {
            say(r.withdrawn_said(release.partyName));
            props.changed();
        }
    };
    return (
        <section class="request" aria-labelledby={`release-${release.id}`}>
            <div class="request-head">
                <h3 id={`release-${release.id}`}>{r.to_party(release.partyName)}</h3>
                <Badge tone={tones[release.state] ?? "neutral"}>{word(r.states, release.state)}</Badge>
            </div>
            {document ? (
                <p class="small">
                    <Said words={document.title} />
                    {document.name ? <span class="cell-second">{document.name}</span> : null}
                </p>
            ) : null}
            <p class="small soft">
                <Day at={release.releasedAt} short />
                {release.by ? ` ${t.dossier.by(release.by)}` : ""}
                {lives ? `, ${r.until_day(format_date_short(release.expiresAt, language))}` : ""}
            </p>
            {failed ? <Alert tone="negative" title={r.not_withdrawn} /> : null}
            {lives && props.may_withdraw ? (
                <Button look="danger" busy={busy} label={r.withdraw_about(release.partyName)} onClick={() => void withdraw()}>
                    {r.withdraw}
                </Button>
            ) : null}
        </section>
    );
}
