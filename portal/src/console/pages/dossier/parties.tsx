// The outside parties of a dossier.

import type { JSX } from "preact";

import { Card } from "../../../shared/ui.tsx";
import { use_desk } from "../../desk.ts";
import type { CaseType, Dossier } from "../../model.ts";
import { Said } from "../../parts/words.tsx";
import { href } from "../../routes.ts";

export function PartyPanel(props: { dossier: Dossier; case_type: CaseType | null; handles: boolean }): JSX.Element {
    const { t } = use_desk();
    const { dossier, case_type } = props;
    return (
        <Card id="parties" title={t.dossier.parties}>
            {dossier.parties.length === 0 ? <p class="soft">{t.dossier.parties_empty}</p> : null}
            <ul class="notices">
                {dossier.parties.map((party) => {
                    const role = case_type?.parties.find((known) => known.role === party.role);
                    return (
                        <li key={party.id} class="party">
                            <strong>{party.name}</strong>
                            <p class="small soft">{role ? <Said words={role.title} /> : party.role}</p>
                            {party.mail ? <p class="small soft mail">{party.mail}</p> : null}
                        </li>
                    );
                })}
            </ul>
            {props.handles ? (
                <a class="button button-small" href={href.new_party(dossier.id)}>
                    {t.dossier.add_party}
                </a>
            ) : null}
        </Card>
    );
}
