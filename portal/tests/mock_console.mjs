// A stand-in for sluis-core's console, for trying the pages without a core: serves dist/console with the headers core sends, and answers
// the console's routes (gateway/README.md) from memory. `faults` lets a test make a route slow or fail.
//
//   node tests/mock_console.mjs [port]      then sign in as els, claes or meyer with the password "sluis"
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { case_types, sample } from "./mock_console_sample.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist/console");

export const security_headers = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
};

const new_id = () => randomBytes(16).toString("hex");
const four = (nl) => ({ nl });

class Refusal extends Error {
    constructor(status, kind, detail = "") {
        super(kind);
        this.status = status;
        this.kind = kind;
        this.detail = detail;
    }
}

function line_of(dossier, account) {
    const items = dossier.requests.flatMap((request) => request.items);
    const due = dossier.requests.map((request) => request.deadline).sort();
    return {
        id: dossier.id,
        caseNumber: dossier.caseNumber,
        caseType: dossier.caseType,
        title: case_types.find((type) => type.id === dossier.caseType).title,
        subject: account.roles.includes("dpo") ? null : dossier.subject,
        status: dossier.status,
        handler: dossier.handler,
        requests: { asked: items.length, received: items.filter((item) => item.received > 0).length },
        deadline: due[0] ?? null,
        consent: consent_of(dossier),
        openedAt: dossier.openedAt,
    };
}

function consent_of(dossier) {
    const type = case_types.find((one) => one.id === dossier.caseType);
    if (!type.documents.some((document) => document.consent)) {
        return "not-needed";
    }
    const states = dossier.consents.map((consent) => consent.state);
    return states.includes("given") ? "given" : states.includes("withdrawn") ? "withdrawn" : "missing";
}

function page_of(dossier, account) {
    const doctor = account.roles.includes("advising-doctor");
    const documents = dossier.documents.map((document) => {
        const mayRead = document.state === "filed" && (document.compartment === "medical" ? doctor : account.roles.includes("handler") || doctor);
        return { ...document, mayRead, name: mayRead ? document.name : null };
    });
    const requests = dossier.requests.map((request) => ({ mayReceive: true, ...request }));
    const { parties, consents, timeline, releases = [] } = dossier;
    return { ...line_of(dossier, account), parties, consents, requests, documents, releases, timeline };
}

export async function start_mock_console({ port = 0, state = sample() } = {}) {
    const sessions = new Map();
    const faults = new Map(); // "GET /api/v1/inbox" → { delay, status, drop }
    const calls = [];
    const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
    const files = new Map(manifest.map((entry) => [entry.path, { ...entry, bytes: readFileSync(join(dist, entry.file)) }]));

    const find = (id) => {
        const dossier = state.dossiers.find((one) => one.id === id);
        if (!dossier) {
            throw new Refusal(404, "not-found");
        }
        return dossier;
    };
    // The doctor is assigned to the medical ones.
    const visible = (account) =>
        state.dossiers.filter((one) => !account.roles.includes("advising-doctor") || one.caseType === "medical-unfitness");
    const note = (dossier, act, nl) => dossier.timeline.push({ at: new Date().toISOString(), act, text: four(nl), by: "Sofie Maes" });
    const text = (value, name) => {
        if (typeof value !== "string" || value === "") {
            throw new Refusal(422, "invalid", `${name}: must be a text`);
        }
        return value;
    };

    const credentials_of = (id, account) => {
        const request = state.dossiers.flatMap((dossier) => dossier.requests).find((one) => one.id === id);
        if (!request || !account.roles.includes("handler")) {
            throw new Refusal(404, "not-found");
        }
        return state.credentials.filter((one) => one.request === id);
    };
    const credential_in_use = (id) => {
        const found = state.credentials.find((one) => one.id === id);
        if (!found) {
            throw new Refusal(404, "not-found");
        }
        if (!["active", "expiring"].includes(found.state)) {
            throw new Refusal(409, "conflict");
        }
        return found;
    };
    const make_credential = (request, label, items, expiresAt, account) => {
        const made = { id: new_id(), request, label, items, createdBy: account.name, createdAt: new Date().toISOString(), expiresAt, state: "active" };
        state.credentials.unshift(made);
        const link = `https://upload.stad.example/u#${made.id}.${randomBytes(32).toString("base64url")}`;
        return { id: made.id, label, items, expiresAt, credential: { v: 1, link, label, expiresAt } };
    };

    const routes = {
        "GET /api/v1/session": ({ account }) => [200, account],
        "DELETE /api/v1/session": ({ token }) => (sessions.delete(token), [204]),
        "GET /api/v1/case-types": () => [200, case_types],
        "GET /api/v1/dossiers": ({ account }) => [200, visible(account).map((dossier) => line_of(dossier, account))],
        "POST /api/v1/dossiers": ({ body, account }) => {
            if (state.dossiers.some((one) => one.caseNumber === body.caseNumber)) {
                throw new Refusal(409, "conflict");
            }
            const made = {
                id: new_id(), caseNumber: text(body.caseNumber, "caseNumber"), caseType: text(body.caseType, "caseType"), subject: text(body.subject, "subject"),
                status: "in-treatment", handler: account.name, openedAt: new Date().toISOString(), parties: [], consents: [], requests: [], documents: [], timeline: [],
            };
            note(made, "dossier.opened", "Dossier geopend");
            state.dossiers.push(made);
            return [201, { id: made.id }];
        },
        "GET /api/v1/dossiers/:id": ({ id, account }) => [200, page_of(find(id), account)],
        "POST /api/v1/dossiers/:id/parties": ({ id, body }) => {
            const party = { id: new_id(), role: text(body.role, "role"), name: text(body.name, "name"), mail: text(body.mail, "mail") };
            find(id).parties.push(party);
            note(find(id), "party.added", "Partij toegevoegd");
            return [201, { id: party.id }];
        },
        "POST /api/v1/dossiers/:id/consents": ({ id, body, account }) => {
            const events = [{ at: new Date().toISOString(), type: "given", by: account.user }];
            const { kind, party, evidence, from, until } = body;
            find(id).consents.push({ id: new_id(), kind, party: text(party, "party"), state: "given", from: text(from, "from"), until: text(until, "until"), evidence, events });
            note(find(id), "consent.given", "Toestemming geregistreerd");
            return [201, { id: new_id() }];
        },
        "POST /api/v1/consents/:id/withdraw": ({ id, body, account }) => {
            const dossier = state.dossiers.find((one) => one.consents.some((consent) => consent.id === id));
            const consent = dossier?.consents.find((one) => one.id === id);
            if (!consent) {
                throw new Refusal(404, "not-found");
            }
            if (consent.state !== "given") {
                throw new Refusal(409, "conflict");
            }
            consent.state = "withdrawn";
            consent.events.push({ at: new Date().toISOString(), type: "withdrawn", by: account.user });
            note(dossier, "consent.withdrawn", "Toestemming ingetrokken");
            return [204];
        },
        "POST /api/v1/dossiers/:id/requests": ({ id, body }) => {
            const dossier = find(id);
            const type = case_types.find((one) => one.id === dossier.caseType);
            const party = dossier.parties.find((one) => one.id === body.party);
            const wanted = body.items.map((item) => ({ item, document: type.documents.find((one) => one.type === item.type) }));
            const given = dossier.consents.some((consent) => consent.party === party.id && consent.state === "given");
            if (wanted.some(({ document }) => document.consent) && !given) {
                const first = wanted.find(({ document }) => document.consent).item.type;
                throw new Refusal(422, "invalid", `release-medical: missing (${first})`);
            }
            const items = wanted.map(({ item, document }) => ({ type: item.type, title: document.title, required: item.required, received: 0 }));
            const request = { id: new_id(), party: party.id, partyName: party.name, credentials: party.role === "contractor", state: "sent", deadline: text(body.deadline, "deadline"), sentAt: new Date().toISOString(), items };
            dossier.requests.push(request);
            note(dossier, "request.sent", "Documenten gevraagd");
            return [201, { id: request.id, grant: new_id() }];
        },
        "GET /api/v1/requests/:id/credentials": ({ id, account }) => [200, credentials_of(id, account)],
        "POST /api/v1/requests/:id/credentials": ({ id, body, account }) => {
            credentials_of(id, account);
            if (body.items.length === 0) {
                throw new Refusal(422, "invalid", "items: 1 to 50");
            }
            return [201, make_credential(id, text(body.label, "label"), body.items, text(body.expiresAt, "expiresAt"), account)];
        },
        "POST /api/v1/credentials/:id/rotation": ({ id, body, account }) => {
            const old = credential_in_use(id);
            const until = new Date(Math.min(Date.parse(old.expiresAt), Date.now() + body.overlapHours * 3_600_000)).toISOString();
            const made = make_credential(old.request, old.label, old.items, old.expiresAt, account);
            Object.assign(old, { expiresAt: until, state: body.overlapHours === 0 ? "expired" : "expiring" });
            return [201, made];
        },
        "DELETE /api/v1/credentials/:id": ({ id }) => {
            credential_in_use(id).state = "revoked";
            return [204];
        },
        "POST /api/v1/documents/:id/releases": ({ id, body, account }) => {
            const dossier = state.dossiers.find((one) => one.documents.some((document) => document.id === id));
            const request = dossier?.requests.find((one) => one.id === body.request);
            if (!request) {
                throw new Refusal(dossier ? 422 : 404, dossier ? "invalid" : "not-found", "request: the dossier has no such request");
            }
            const expiresAt = text(body.expiresAt, "expiresAt");
            const release = {
                id: new_id(), document: id, request: request.id, partyName: request.partyName, state: "waiting", releasedAt: new Date().toISOString(),
                expiresAt, by: account.name,
            };
            dossier.releases = [release, ...(dossier.releases ?? [])];
            note(dossier, "document.released", "Stuk vrijgegeven");
            return [201, { id: release.id, expiresAt }];
        },
        "DELETE /api/v1/releases/:id": ({ id }) => {
            const release = state.dossiers.flatMap((one) => one.releases ?? []).find((one) => one.id === id);
            if (!release) {
                throw new Refusal(404, "not-found");
            }
            release.state = "withdrawn";
            return [204];
        },
        "GET /api/v1/inbox": () => [200, state.inbox],
        "POST /api/v1/inbox/:id/done": ({ id }) => {
            const found = state.inbox.find((notice) => notice.id === id);
            if (!found) {
                throw new Refusal(404, "not-found");
            }
            found.done = true;
            return [204];
        },
        "GET /api/v1/documents/:id/content": ({ id, account }) => {
            const shown = state.dossiers.flatMap((dossier) => page_of(dossier, account).documents).find((document) => document.id === id);
            if (!shown?.mayRead) {
                throw new Refusal(404, "not-found");
            }
            return [200, `inhoud van ${shown.name}\n`, { "Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename="${shown.name}"` }];
        },
    };

    const route_of = (method, path) => {
        const parts = path.split("/");
        for (const key of Object.keys(routes)) {
            const [wanted, pattern] = key.split(" ");
            const names = pattern.split("/");
            if (wanted === method && names.length === parts.length && names.every((name, at) => name === ":id" || name === parts[at])) {
                return { key, id: parts[names.indexOf(":id")] };
            }
        }
        throw new Refusal(404, "not-found");
    };

    const sign_in = (body) => {
        const account = state.staff.find((one) => one.user === body.user && body.password === "sluis");
        if (!account) {
            throw new Refusal(401, "unauthorized");
        }
        const token = new_id();
        sessions.set(token, account);
        return [200, account, { "Set-Cookie": `__Host-session=${token}; Path=/; Secure; HttpOnly; SameSite=Strict` }];
    };

    const answer = async (request, path) => {
        const method = request.method;
        const fault = faults.get(`${method} ${path}`) ?? faults.get(method);
        if (fault?.delay) {
            await new Promise((done) => setTimeout(done, fault.delay));
        }
        if (fault?.status) {
            throw new Refusal(fault.status, fault.kind ?? "internal", fault.detail ?? "");
        }
        let body = "";
        for await (const chunk of request) {
            body += chunk;
        }
        calls.push({ method, path, body });
        if (method !== "GET" && (request.headers["content-type"] !== "application/json" || !["same-origin", undefined].includes(request.headers["sec-fetch-site"]))) {
            throw new Refusal(403, "forbidden");
        }
        const fields = body === "" ? {} : JSON.parse(body);
        if (method === "POST" && path === "/api/v1/session") {
            return sign_in(fields);
        }
        const token = /__Host-session=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
        const account = sessions.get(token);
        if (!account) {
            throw new Refusal(401, "unauthorized");
        }
        const { key, id } = route_of(method, path);
        return routes[key]({ account, token, id, body: fields });
    };

    const server = createServer(async (request, response) => {
        const path = new URL(request.url, "http://localhost").pathname;
        const file = files.get(path);
        if (request.method === "GET" && file) {
            response.writeHead(200, { ...security_headers, "Content-Type": file.type, "Cache-Control": file.immutable ? "immutable" : "no-store" }).end(file.bytes);
            return;
        }
        const headers = { ...security_headers, "Cache-Control": "no-store" };
        try {
            const [status, content, more] = await answer(request, path);
            const text = typeof content === "string" ? content : content === undefined ? "" : JSON.stringify(content);
            response.writeHead(status, { ...headers, ...(text ? { "Content-Type": "application/json" } : {}), ...more }).end(text);
        } catch (fault) {
            const { status = 500, kind = "internal", detail = String(fault) } = fault;
            const problem = { type: `urn:sluis:problem:${kind}`, status, title: "Dat lukt niet.", detail };
            response.writeHead(status, { ...headers, "Content-Type": "application/problem+json" }).end(JSON.stringify(problem));
        }
    });
    await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
    return {
        url: `http://localhost:${server.address().port}`,
        state,
        faults,
        calls,
        end_sessions: () => sessions.clear(),
        stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
    };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const mock = await start_mock_console({ port: Number(process.argv[2] ?? 8099) });
    console.log(mock.url);
}
