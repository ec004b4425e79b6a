// The calls to core. Every refusal is a Problem (shared/problem.ts); status 0 means that core was not reached, or said something we cannot
// read. The session is a cookie that scripts cannot see. State changes carry `Content-Type: application/json`, which core asks for.

import { parse_problem, Problem } from "../shared/problem.ts";
import {
    account, case_type, credential, dossier, dossier_line, made, made_credential, notice,
    type Account, type CaseType, type Credential, type Dossier, type DossierLine, type MadeCredential, type Notice,
} from "./model.ts";
import { list, type Parser } from "./wire.ts";

const answer_within_ms = 30_000;

type Method = "GET" | "POST" | "DELETE";

async function ask(method: Method, path: string, body?: unknown): Promise<string> {
    const changes = method !== "GET";
    let answer: Response;
    let content: string;
    try {
        answer = await fetch(path, {
            method,
            credentials: "same-origin",
            cache: "no-store",
            redirect: "error",
            headers: { Accept: "application/json", ...(changes ? { "Content-Type": "application/json" } : {}) },
            signal: AbortSignal.timeout(answer_within_ms),
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        content = await answer.text();
    } catch {
        throw new Problem(0, "unreachable", "", "");
    }
    if (!answer.ok) {
        throw parse_problem(answer.status, content);
    }
    return content;
}

async function fetch_as<T>(parser: Parser<T>, method: Method, path: string, body?: unknown): Promise<T> {
    const content = await ask(method, path, body);
    try {
        return parser(JSON.parse(content), path);
    } catch (fault) {
        throw new Problem(0, "malformed", "", fault instanceof Error ? fault.message : "");
    }
}

export function as_problem(fault: unknown): Problem {
    return fault instanceof Problem ? fault : new Problem(0, "broken", "", fault instanceof Error ? fault.message : "");
}

const at = encodeURIComponent;

export const api = {
    who_am_i: (): Promise<Account> => fetch_as(account, "GET", "/api/v1/session"),
    sign_in: (user: string, password: string): Promise<Account> => fetch_as(account, "POST", "/api/v1/session", { user, password }),
    sign_out: async (): Promise<void> => {
        await ask("DELETE", "/api/v1/session");
    },
    case_types: (): Promise<CaseType[]> => fetch_as(list(case_type), "GET", "/api/v1/case-types"),
    dossiers: (): Promise<DossierLine[]> => fetch_as(list(dossier_line), "GET", "/api/v1/dossiers"),
    dossier: (id: string): Promise<Dossier> => fetch_as(dossier, "GET", `/api/v1/dossiers/${at(id)}`),
    open_dossier: async (what: { caseType: string; caseNumber: string; subject: string; advisingDoctor: string | null }): Promise<string> =>
        (await fetch_as(made, "POST", "/api/v1/dossiers", what)).id,
    add_party: async (id: string, what: { role: string; name: string; mail: string }): Promise<string> =>
        (await fetch_as(made, "POST", `/api/v1/dossiers/${at(id)}/parties`, what)).id,
    register_consent: async (
        id: string,
        what: { kind: string; party: string; evidence: string; note: string; from: string; until: string },
    ): Promise<string> => (await fetch_as(made, "POST", `/api/v1/dossiers/${at(id)}/consents`, what)).id,
    withdraw_consent: async (id: string, reason: string): Promise<void> => {
        await ask("POST", `/api/v1/consents/${at(id)}/withdraw`, { reason });
    },
    send_request: async (
        id: string,
        what: { party: string; items: { type: string; required: boolean }[]; deadline: string; message: string; language: string },
    ): Promise<string> => (await fetch_as(made, "POST", `/api/v1/dossiers/${at(id)}/requests`, what)).id,
    credentials: (request: string): Promise<Credential[]> =>
        fetch_as(list(credential), "GET", `/api/v1/requests/${at(request)}/credentials`),
    make_credential: (request: string, what: { label: string; items: string[]; expiresAt: string }): Promise<MadeCredential> =>
        fetch_as(made_credential, "POST", `/api/v1/requests/${at(request)}/credentials`, what),
    rotate_credential: (id: string, overlapHours: number): Promise<MadeCredential> =>
        fetch_as(made_credential, "POST", `/api/v1/credentials/${at(id)}/rotation`, { overlapHours }),
    revoke_credential: async (id: string): Promise<void> => {
        await ask("DELETE", `/api/v1/credentials/${at(id)}`);
    },
    release: async (document: string, what: { request: string; expiresAt: string }): Promise<string> =>
        (await fetch_as(made, "POST", `/api/v1/documents/${at(document)}/releases`, what)).id,
    withdraw_release: async (id: string): Promise<void> => {
        await ask("DELETE", `/api/v1/releases/${at(id)}`);
    },
    inbox: (): Promise<Notice[]> => fetch_as(list(notice), "GET", "/api/v1/inbox"),
    notice_done: async (id: string): Promise<void> => {
        await ask("POST", `/api/v1/inbox/${at(id)}/done`, {});
    },
    content_address: (document: string): string => `/api/v1/documents/${at(document)}/content`,
};
