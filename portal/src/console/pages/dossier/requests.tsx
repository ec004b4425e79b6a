// What was asked of whom, and how each item stands.

import type { JSX } from "preact";

import { Badge, Card } from "../../../shared/ui.tsx";
import { use_desk } from "../../desk.ts";
import type { Dossier, DocumentRequest } from "../../model.ts";
import { RequestState } from "../../parts/badges.tsx";
import { Day, Deadline, Said } from "../../parts/words.tsx";
import { CredentialPanel } from "./credentials.tsx";

export function RequestPanel(props: { dossier: Dossier }): JSX.Element {
    const { t } = use_desk();
    const made = props.dossier.requests_made;
    return (
        <Card id="requests" title={t.dossier.requests}>
            {made.length === 0 ? <p class="soft">{t.dossier.requests_empty}</p> : made.map((request) => <OneRequest key={request.id} dossier={props.dossier} request={request} />)}
        </Card>
    );
}

function OneRequest(props: { dossier: Dossier; request: DocumentRequest }): JSX.Element {
    const { t } = use_desk();
    const { request } = props;
    const open = request.items.some((item) => item.received === 0) && request.state !== "closed";
    return (
        <section class="request" aria-labelledby={`request-${request.id}`}>
            <div class="request-head">
                <h3 id={`request-${request.id}`}>{t.dossier.request_to(request.partyName)}</h3>
                <RequestState state={request.state} />
            </div>
            <dl class="inline-facts">
                {request.sentAt ? (
                    <div>
                        <dt>{t.words.request_states["sent"]}</dt>
                        <dd>
                            <Day at={request.sentAt} short />
                        </dd>
                    </div>
                ) : null}
                <div>
                    <dt>{t.dossier.deadline}</dt>
                    <dd>
                        <Deadline at={request.deadline} open={open} now={Date.now()} />
                    </dd>
                </div>
            </dl>
            <ul class="items">
                {request.items.map((item) => (
                    <li key={item.type} class="item">
                        <span class="item-name">
                            <Said words={item.title} />
                            <span class="cell-second">{item.required ? t.dossier.required : t.dossier.wanted}</span>
                        </span>
                        {item.received > 0 ? (
                            <Badge tone="positive">{t.dossier.item_received(item.received)}</Badge>
                        ) : (
                            <Badge tone={item.required ? "warning" : "neutral"}>{t.dossier.item_missing}</Badge>
                        )}
                    </li>
                ))}
            </ul>
            {request.credentials ? <CredentialPanel dossier={props.dossier} request={request} /> : null}
        </section>
    );
}
