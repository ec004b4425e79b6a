// A dossier with its case type, as the forms on it need both.

import { Problem } from "../shared/problem.ts";
import { api } from "./api.ts";
import type { CaseType, Dossier } from "./model.ts";

export interface DossierWithType {
    dossier: Dossier;
    case_type: CaseType;
}

export async function fetch_dossier_with_type(id: string): Promise<DossierWithType> {
    const [dossier, case_types] = await Promise.all([api.dossier(id), api.case_types()]);
    const case_type = case_types.find((known) => known.id === dossier.caseType);
    if (!case_type) {
        throw new Problem(404, "not-found", "", "the case type is no longer offered");
    }
    return { dossier, case_type };
}
