// Nieuwe vraag: one question a page. What was answered is a draft that survives looking elsewhere, also to register a consent.

import type { JSX } from "preact";

import { day_after } from "../../days.ts";
import { use_desk } from "../../desk.ts";
import { fetch_dossier_with_type, type DossierWithType } from "../../dossier_with_type.ts";
import { use_draft } from "../../drafts.ts";
import { use_load } from "../../load.ts";
import type { CaseType, Dossier, Party } from "../../model.ts";
import { Loaded } from "../../parts/states.tsx";
import { request_steps, type RequestStep } from "../../routes.ts";
import { CheckStep } from "./check.tsx";
import { DeadlineStep } from "./deadline.tsx";
import { DocumentsStep } from "./documents.tsx";
import { empty_request, reachable, request_draft_key, type RequestDraft } from "./draft.ts";
import { WhoStep } from "./who.tsx";

const usual_days = 30;

export interface Step {
    dossier: Dossier;
    case_type: CaseType;
    draft: RequestDraft;
    change: (part: Partial<RequestDraft>) => void;
    caption: string;
}

export interface StepWithParty extends Step {
    party: Party;
}

export function NewRequestPage(props: { dossier: string; step: RequestStep }): JSX.Element {
    const { load, reload } = use_load(props.dossier, () => fetch_dossier_with_type(props.dossier));
    return (
        <Loaded load={load} again={reload}>
            {(found) => <Steps {...found} wanted={props.step} />}
        </Loaded>
    );
}

function Steps(props: DossierWithType & { wanted: RequestStep }): JSX.Element {
    const { t, language } = use_desk();
    const { dossier, case_type } = props;
    const now = new Date();
    const [kept, change] = use_draft<RequestDraft>(request_draft_key(dossier.id), empty_request(language, day_after(now, usual_days)));
    // A draft may have been begun by adding a party only.
    const draft: RequestDraft = { ...empty_request(language, day_after(now, usual_days)), ...kept };
    const party = dossier.parties.find((one) => one.id === draft.party);
    const step = reachable(draft, party !== undefined, props.wanted, now.getTime());
    const caption = `${t.request.task} – ${t.form.step(request_steps.indexOf(step) + 1, request_steps.length)}`;
    const shared: Step = { dossier, case_type, draft, change, caption };
    if (step === "who" || !party) {
        return <WhoStep key="who" {...shared} />;
    }
    switch (step) {
        case "documents":
            return <DocumentsStep key="documents" {...shared} party={party} />;
        case "deadline":
            return <DeadlineStep key="deadline" {...shared} party={party} />;
        case "check":
            return <CheckStep key="check" {...shared} party={party} />;
    }
}

