// The API credentials of one request: those in use, each with its two acts, and folded away those that are over.

import type { JSX } from "preact";

import { format_date_short } from "../../../shared/dates.ts";
import { pick } from "../../../shared/language.ts";
import { Button } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { use_desk } from "../../desk.ts";
import { use_load } from "../../load.ts";
import type { Credential, Dossier, DocumentRequest } from "../../model.ts";
import { CredentialState } from "../../parts/badges.tsx";
import { href } from "../../routes.ts";

interface Place {
    dossier: Dossier;
    request: DocumentRequest;
}

const in_use = (credential: Credential): boolean => credential.state === "active" || credential.state === "expiring";

export function CredentialPanel(props: Place): JSX.Element {
    const { t } = use_desk();
    const c = t.credentials;
    const { dossier, request } = props;
    const { load, reload } = use_load(request.id, () => api.credentials(request.id));
    const known = load.state === "ready" ? load.value : [];
    const live = known.filter(in_use);
    const over = known.filter((credential) => !in_use(credential));
    return (
        <section class="credentials" aria-labelledby={`credentials-${request.id}`}>
            <h4 id={`credentials-${request.id}`}>
                {c.title}
                <span class="visually-hidden">{`: ${request.partyName}`}</span>
            </h4>
            <p class="small soft">{c.lead}</p>
            {load.state === "failed" ? (
                <p class="small">
                    {c.failed}{" "}
                    <Button look="quiet" onClick={reload}>
                        {t.states.again}
                    </Button>
                </p>
            ) : null}
            {load.state === "ready" && live.length === 0 ? <p class="small soft">{c.empty}</p> : null}
            {live.length > 0 ? <CredentialList {...props} credentials={live} /> : null}
            {over.length > 0 ? (
                <details>
                    <summary>
                        {c.over(over.length)}
                        <span class="visually-hidden">{`: ${c.about(request.partyName)}`}</span>
                    </summary>
                    <CredentialList {...props} credentials={over} />
                </details>
            ) : null}
            <a class="button button-small" href={href.new_credential(dossier.id, request.id)} aria-label={c.make_about(request.partyName)}>
                {c.make}
            </a>
        </section>
    );
}

function CredentialList(props: Place & { credentials: readonly Credential[] }): JSX.Element {
    return (
        <ul class="items">
            {props.credentials.map((credential) => (
                <OneCredential key={credential.id} dossier={props.dossier} request={props.request} credential={credential} />
            ))}
        </ul>
    );
}

function OneCredential(props: Place & { credential: Credential }): JSX.Element {
    const { t, language } = use_desk();
    const c = t.credentials;
    const { dossier, request, credential } = props;
    const titles = request.items.filter((item) => credential.items.includes(item.type)).map((item) => pick(item.title, language).text);
    const end = format_date_short(credential.expiresAt, language);
    const act = (kind: "rotate" | "revoke"): string => href.credential(dossier.id, request.id, credential.id, kind);
    return (
        <li class="item">
            <span class="item-name">
                <strong class="credential-label">{credential.label}</strong>
                <span class="cell-second">{titles.join(", ")}</span>
                <span class="cell-second">
                    {in_use(credential) ? c.until(end) : c.ended(end)}
                    {credential.createdBy ? ` · ${c.made(credential.createdBy, format_date_short(credential.createdAt, language))}` : ""}
                </span>
            </span>
            <CredentialState state={credential.state} />
            {in_use(credential) ? (
                <span class="row credential-acts">
                    {credential.state === "active" ? (
                        <a class="button button-small" href={act("rotate")} aria-label={c.rotate_about(credential.label)}>
                            {c.rotate}
                        </a>
                    ) : null}
                    <a class="button button-danger button-small" href={act("revoke")} aria-label={c.revoke_about(credential.label)}>
                        {c.revoke}
                    </a>
                </span>
            ) : null}
        </li>
    );
}
