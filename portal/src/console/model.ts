// What the console knows: the JSON of gateway/README.md, section Console, as types with their parsers.
// States stay texts: a state this page does not know is shown as it is, instead of breaking the page.

import type { Localized } from "../shared/language.ts";
import { count, flag, list, maybe, object, otherwise, text, words, type Parser } from "./wire.ts";

export interface Account {
    user: string;
    name: string;
    roles: string[];
}
export const account: Parser<Account> = object<Account>({ user: text, name: text, roles: list(text) });

export interface PartyRole {
    role: string;
    title: Localized;
}
export interface DocumentType {
    type: string;
    title: Localized;
    by: string[];
    compartment: string;
    consent: boolean;
}
export interface CaseType {
    id: string;
    version: string;
    title: Localized;
    parties: PartyRole[];
    documents: DocumentType[];
}
export const case_type: Parser<CaseType> = object<CaseType>({
    id: text,
    version: text,
    title: words,
    parties: list(object<PartyRole>({ role: text, title: words })),
    documents: list(object<DocumentType>({ type: text, title: words, by: list(text), compartment: text, consent: flag })),
});

interface Counts {
    asked: number;
    received: number;
}
export interface DossierLine {
    id: string;
    caseNumber: string;
    caseType: string;
    title: Localized;
    subject: string | null;
    status: string;
    handler: string | null;
    requests: Counts;
    deadline: string | null;
    consent: string;
    openedAt: string | null;
}
const line_shape = {
    id: text,
    caseNumber: text,
    caseType: text,
    title: words,
    subject: maybe(text),
    status: text,
    handler: maybe(text),
    requests: object<Counts>({ asked: count, received: count }),
    deadline: maybe(text),
    consent: text,
    openedAt: maybe(text),
};
export const dossier_line: Parser<DossierLine> = object<DossierLine>(line_shape);

export interface Party {
    id: string;
    role: string;
    name: string;
    mail: string | null;
}
export interface ConsentEvent {
    at: string;
    type: string;
    by: string | null;
}
export interface Consent {
    id: string;
    kind: string;
    party: string;
    state: string;
    from: string | null;
    until: string | null;
    evidence: string | null;
    events: ConsentEvent[];
}
export interface RequestItem {
    type: string;
    title: Localized;
    required: boolean;
    received: number;
}
export interface DocumentRequest {
    id: string;
    party: string;
    partyName: string;
    state: string;
    deadline: string | null;
    sentAt: string | null;
    credentials: boolean; // this reader may give the party API credentials
    mayReceive: boolean; // documents can be released to its party
    items: RequestItem[];
}
export interface FiledDocument {
    id: string;
    item: string | null;
    title: Localized;
    party: string | null;
    state: string;
    reason: Localized | null;
    at: string;
    size: number | null;
    name: string | null;
    compartment: string | null;
    mayRead: boolean;
}
export interface Release {
    id: string;
    document: string;
    partyName: string;
    state: string; // waiting, ready, expired, withdrawn
    releasedAt: string;
    expiresAt: string;
    by: string | null;
}
export interface TimelineEntry {
    at: string;
    act: string;
    text: Localized;
    by: string | null; // staff, or the party whose link it was
}
export interface Dossier extends DossierLine {
    parties: Party[];
    consents: Consent[];
    requests_made: DocumentRequest[];
    documents: FiledDocument[];
    releases: Release[];
    timeline: TimelineEntry[];
}

const party: Parser<Party> = object<Party>({ id: text, role: text, name: text, mail: maybe(text) });
const consent: Parser<Consent> = object<Consent>({
    id: text,
    kind: text,
    party: text,
    state: text,
    from: maybe(text),
    until: maybe(text),
    evidence: maybe(text),
    events: otherwise(list(object<ConsentEvent>({ at: text, type: text, by: maybe(text) })), []),
});
const request: Parser<DocumentRequest> = object<DocumentRequest>({
    id: text,
    party: text,
    partyName: text,
    state: text,
    deadline: maybe(text),
    sentAt: maybe(text),
    credentials: otherwise(flag, false),
    mayReceive: otherwise(flag, false),
    items: list(object<RequestItem>({ type: text, title: words, required: flag, received: count })),
});
const filed: Parser<FiledDocument> = object<FiledDocument>({
    id: text,
    item: maybe(text),
    title: words,
    party: maybe(text),
    state: text,
    reason: maybe(words),
    at: text,
    size: maybe(count),
    name: maybe(text),
    compartment: maybe(text),
    mayRead: flag,
});

const release: Parser<Release> = object<Release>({
    id: text,
    document: text,
    partyName: text,
    state: text,
    releasedAt: text,
    expiresAt: text,
    by: maybe(text),
});

// In a dossier's own page `requests` is the list of requests; the counts of the list are made from it.
export const dossier: Parser<Dossier> = (value, path) => {
    const parts = object<Omit<Dossier, keyof DossierLine | "requests_made"> & { requests: DocumentRequest[] }>({
        parties: list(party),
        consents: list(consent),
        requests: list(request),
        documents: list(filed),
        releases: otherwise(list(release), []),
        timeline: list(object<TimelineEntry>({ at: text, act: text, text: words, by: maybe(text) })),
    })(value, path);
    const { requests: _counts, ...line } = line_shape;
    const facts = object<Omit<DossierLine, "requests">>(line)(value, path);
    const items = parts.requests.flatMap((one) => one.items);
    const received = items.filter((item) => item.received > 0).length;
    return { ...facts, ...parts, requests: { asked: items.length, received }, requests_made: parts.requests };
};

export interface Notice {
    id: string;
    at: string;
    kind: string;
    caseNumber: string;
    dossier: string;
    text: Localized;
    done: boolean;
}
export const notice: Parser<Notice> = object<Notice>({
    id: text,
    at: text,
    kind: text,
    caseNumber: text,
    dossier: text,
    text: words,
    done: flag,
});

export const made: Parser<{ id: string }> = object<{ id: string }>({ id: text });

export interface Credential {
    id: string;
    label: string;
    items: string[]; // document types of the request
    createdBy: string | null;
    createdAt: string;
    expiresAt: string;
    state: string;
}
export const credential: Parser<Credential> = object<Credential>({
    id: text,
    label: text,
    items: list(text),
    createdBy: maybe(text),
    createdAt: text,
    expiresAt: text,
    state: text,
});

// The answer that makes one: the only time that the file is there.
export interface CredentialFile {
    v: number;
    link: string;
    label: string;
    expiresAt: string;
}
export interface MadeCredential {
    id: string;
    label: string;
    items: string[];
    expiresAt: string;
    credential: CredentialFile;
}
export const made_credential: Parser<MadeCredential> = object<MadeCredential>({
    id: text,
    label: text,
    items: list(text),
    expiresAt: text,
    credential: object<CredentialFile>({ v: count, link: text, label: text, expiresAt: text }),
});
