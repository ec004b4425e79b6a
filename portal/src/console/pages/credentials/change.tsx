// Vernieuw and trek in: what happens to a credential, and then it happens.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Alert } from "../../../shared/ui.tsx";
import { api } from "../../api.ts";
import { use_desk } from "../../desk.ts";
import { leave_flash } from "../../flash.ts";
import { use_form } from "../../form.ts";
import { use_load } from "../../load.ts";
import type { Credential, Dossier, MadeCredential } from "../../model.ts";
import { FormPage } from "../../parts/form_page.tsx";
import { Page } from "../../parts/page.tsx";
import { Radios } from "../../parts/radios.tsx";
import { Loaded, NotFound } from "../../parts/states.tsx";
import { go, href, type CredentialAct } from "../../routes.ts";
import { ShownOnce } from "./shown.tsx";

const overlaps = [0, 24, 72, 168, 720]; // hours
const usual_overlap = 72;
const hour_ms = 3_600_000;

export function CredentialPage(props: { dossier: string; request: string; credential: string; act: CredentialAct }): JSX.Element {
    const { load, reload } = use_load(`${props.act} ${props.credential}`, async () => {
        const [dossier, credentials] = await Promise.all([api.dossier(props.dossier), api.credentials(props.request)]);
        return { dossier, credential: credentials.find((one) => one.id === props.credential) ?? null };
    });
    return (
        <Loaded load={load} again={reload}>
            {({ dossier, credential }) => {
                if (!credential) {
                    return <NotFound />;
                }
                const fits = credential.state === "active" || (credential.state === "expiring" && props.act === "revoke");
                if (!fits) {
                    return <Over dossier={dossier} act={props.act} />;
                }
                return props.act === "rotate" ? <Rotation dossier={dossier} credential={credential} /> : <Revocation dossier={dossier} credential={credential} />;
            }}
        </Loaded>
    );
}

function Over(props: { dossier: Dossier; act: CredentialAct }): JSX.Element {
    const { t } = use_desk();
    const c = t.credentials;
    return (
        <Page
            title={props.act === "rotate" ? c.rotation.title : c.revocation.title}
            back={{ href: href.dossier(props.dossier.id), text: t.dossier.title(props.dossier.caseNumber) }}
            narrow
        >
            <p class="lead">{c.gone}</p>
        </Page>
    );
}

interface Chosen {
    dossier: Dossier;
    credential: Credential;
}

// Never later than the old one would have ended anyway.
export function end_of_overlap(expires_at: string, hours: number, now: number): string {
    return new Date(Math.min(new Date(expires_at).getTime(), now + hours * hour_ms)).toISOString();
}

function Rotation(props: Chosen): JSX.Element {
    const [made, set_made] = useState<{ made: MadeCredential; old_until: string } | null>(null);
    if (made) {
        return <ShownOnce dossier={props.dossier} {...made} />;
    }
    return <RotationForm {...props} made={(fresh, old_until) => set_made({ made: fresh, old_until })} />;
}

function RotationForm(props: Chosen & { made: (made: MadeCredential, old_until: string) => void }): JSX.Element {
    const { t } = use_desk();
    const r = t.credentials.rotation;
    const { dossier, credential } = props;
    const [hours, set_hours] = useState(usual_overlap);
    const home = href.dossier(dossier.id);
    const form = use_form(
        () => [],
        async () => {
            const made = await api.rotate_credential(credential.id, hours);
            props.made(made, end_of_overlap(credential.expiresAt, hours, Date.now()));
        },
        (problem) => (problem.status === 409 || problem.status === 404 ? { target: "overlap", text: t.credentials.gone } : null),
    );
    return (
        <FormPage
            form={form}
            title={r.title}
            lead={r.lead(credential.label)}
            back={{ href: home, text: t.dossier.title(dossier.caseNumber) }}
            button={r.button}
            cancel={{ href: home, text: t.form.cancel }}
        >
            <Radios
                id="overlap"
                legend={r.overlap}
                hint={r.overlap_hint}
                error={form.error_of("overlap")}
                options={overlaps.map((n) => ({ value: String(n), text: r.hours(n) }))}
                value={String(hours)}
                onValue={(value) => set_hours(Number(value))}
            />
        </FormPage>
    );
}

function Revocation(props: Chosen): JSX.Element {
    const { t } = use_desk();
    const r = t.credentials.revocation;
    const { dossier, credential } = props;
    const home = href.dossier(dossier.id);
    const form = use_form(
        () => [],
        async () => {
            await api.revoke_credential(credential.id);
            leave_flash(dossier.id, "revoked");
            go(home);
        },
        (problem) => (problem.status === 409 || problem.status === 404 ? { target: "effects", text: t.credentials.gone } : null),
    );
    return (
        <FormPage
            form={form}
            title={r.title}
            lead={r.lead(credential.label)}
            back={{ href: home, text: t.dossier.title(dossier.caseNumber) }}
            button={r.button}
            look="danger"
            cancel={{ href: home, text: r.keep }}
        >
            <div id="effects" tabIndex={-1}>
                <Alert tone="warning">
                    <ul>
                        {r.effects.map((effect) => (
                            <li key={effect}>{effect}</li>
                        ))}
                    </ul>
                    <p>
                        <strong>{r.irreversible}</strong>
                    </p>
                </Alert>
            </div>
        </FormPage>
    );
}
