// Which of the wanted documents may not be asked yet, as far as the console can see. Core decides; this only spares the handler a refusal.

import type { CaseType, Consent, Dossier } from "./model.ts";

// The state to show: a given consent whose period is over has expired, even when no event says so.
export function shown_state(consent: Consent, now: number): string {
    const over = consent.until !== null && new Date(consent.until).getTime() < now;
    return consent.state === "given" && over ? "expired" : consent.state;
}

export function has_consent(dossier: Dossier, party: string, now: number): boolean {
    return dossier.consents.some(
        (consent) =>
            consent.party === party &&
            shown_state(consent, now) === "given" &&
            (consent.from === null || new Date(consent.from).getTime() <= now),
    );
}

export function types_without_consent(
    dossier: Dossier,
    case_type: CaseType,
    party: string,
    wanted: readonly string[],
    now: number,
): string[] {
    if (has_consent(dossier, party, now)) {
        return [];
    }
    return case_type.documents.filter((document) => document.consent && wanted.includes(document.type)).map((document) => document.type);
}

// Parties that give documents for which a consent is needed: whom a consent can name.
export function roles_with_consent(case_type: CaseType): Set<string> {
    return new Set(case_type.documents.filter((document) => document.consent).flatMap((document) => document.by));
}
