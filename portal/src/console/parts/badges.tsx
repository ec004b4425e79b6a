// States as words in a colour that says how good the news is. The word is always there: the colour alone says nothing.

import type { JSX } from "preact";

import { Badge, type Tone } from "../../shared/ui.tsx";
import { use_desk } from "../desk.ts";
import { word } from "../messages/choose.ts";

const consent_tones: Record<string, Tone> = {
    given: "positive", withdrawn: "negative", refused: "negative", missing: "warning", expired: "warning", requested: "active", invalidated: "negative",
};
const document_tones: Record<string, Tone> = {
    accepted: "active", checking: "active", filing: "active", filed: "positive", quarantined: "negative", redo: "warning", refused: "negative", withdrawn: "negative",
};
const request_tones: Record<string, Tone> = { sent: "active", opened: "active", partial: "warning", complete: "positive", expired: "negative", paused: "warning" };
const credential_tones: Record<string, Tone> = { active: "positive", expiring: "warning", expired: "neutral", revoked: "neutral" };

function tone(tones: Record<string, Tone>, state: string): Tone {
    return Object.hasOwn(tones, state) ? (tones[state] ?? "neutral") : "neutral";
}

// For a dossier as a whole: the full words, or in a table under "Toestemming" the short one.
export function ConsentBadge(props: { state: string; short?: boolean }): JSX.Element {
    const { t } = use_desk();
    const text = word(props.short ? t.words.consent_short : t.words.consent_badges, props.state);
    if (props.state === "not-needed" && props.short) {
        return <span class="soft">{text}</span>;
    }
    return <Badge tone={tone(consent_tones, props.state)}>{text}</Badge>;
}

export function ConsentState(props: { state: string }): JSX.Element {
    const { t } = use_desk();
    return <Badge tone={tone(consent_tones, props.state)}>{word(t.words.consent_states, props.state)}</Badge>;
}

export function DocumentState(props: { state: string }): JSX.Element {
    const { t } = use_desk();
    return <Badge tone={tone(document_tones, props.state)}>{word(t.words.document_states, props.state)}</Badge>;
}

export function CredentialState(props: { state: string }): JSX.Element {
    const { t } = use_desk();
    return <Badge tone={tone(credential_tones, props.state)}>{word(t.credentials.states, props.state)}</Badge>;
}

export function RequestState(props: { state: string }): JSX.Element {
    const { t } = use_desk();
    return <Badge tone={tone(request_tones, props.state)}>{word(t.words.request_states, props.state)}</Badge>;
}
