// The console's pages as `#/…` addresses: from text to a Route and back. Whatever is no known address is `unknown`.

export type RequestStep = "who" | "documents" | "deadline" | "check";
export const request_steps: readonly RequestStep[] = ["who", "documents", "deadline", "check"];

export type Route =
    | { page: "start" }
    | { page: "inbox" }
    | { page: "dossiers"; filter: string; show: string }
    | { page: "reading" }
    | { page: "new-dossier" }
    | { page: "dossier"; dossier: string }
    | { page: "new-party"; dossier: string; then_request: boolean }
    | { page: "new-consent"; dossier: string; party: string | null; then_request: boolean }
    | { page: "withdraw"; dossier: string; consent: string }
    | { page: "release"; dossier: string; document: string }
    | { page: "new-request"; dossier: string; step: RequestStep }
    | { page: "new-credential"; dossier: string; request: string }
    | { page: "credential"; dossier: string; request: string; credential: string; act: CredentialAct }
    | { page: "unknown" };

export type CredentialAct = "rotate" | "revoke";

function part(text: string | undefined): string {
    try {
        return decodeURIComponent(text ?? "");
    } catch {
        return "\ufffd"; // no part of any address
    }
}

export function parse_route(hash: string): Route {
    const mark = hash.indexOf("?");
    const path = mark < 0 ? hash : hash.slice(0, mark);
    const asked = new URLSearchParams(mark < 0 ? "" : hash.slice(mark + 1));
    const steps = path.replace(/^#?\/?/, "").split("/").map(part);
    const [first, second, third, fourth, fifth] = steps;
    if (first === "" && steps.length === 1) {
        return { page: "start" };
    }
    if (steps.length === 1) {
        switch (first) {
            case "today":
                return { page: "inbox" };
            case "reading":
                return { page: "reading" };
            case "dossiers":
                return { page: "dossiers", filter: asked.get("filter") ?? "", show: asked.get("show") ?? "all" };
            default:
                return { page: "unknown" };
        }
    }
    if (first !== "dossiers" || !second) {
        return { page: "unknown" };
    }
    if (steps[2] === "requests" && steps[4] === "credentials") {
        return credential_route(second, steps);
    }
    if (steps.length === 2) {
        return second === "new" ? { page: "new-dossier" } : { page: "dossier", dossier: second };
    }
    return inner_route(second, third, fourth, fifth, asked);
}

// dossiers/…/requests/…/credentials/new, or …/credentials/…/rotate or revoke
function credential_route(dossier: string, steps: readonly string[]): Route {
    const [request, which, act] = [steps[3], steps[5], steps[6]];
    if (request && which === "new" && steps.length === 6) {
        return { page: "new-credential", dossier, request };
    }
    if (request && which && (act === "rotate" || act === "revoke") && steps.length === 7) {
        return { page: "credential", dossier, request, credential: which, act };
    }
    return { page: "unknown" };
}

function inner_route(
    dossier: string,
    kind: string | undefined,
    which: string | undefined,
    act: string | undefined,
    asked: URLSearchParams,
): Route {
    const then_request = asked.get("then") === "request";
    if (kind === "parties" && which === "new" && act === undefined) {
        return { page: "new-party", dossier, then_request };
    }
    if (kind === "consents" && which === "new" && act === undefined) {
        return { page: "new-consent", dossier, party: asked.get("party"), then_request };
    }
    if (kind === "consents" && which && act === "withdraw") {
        return { page: "withdraw", dossier, consent: which };
    }
    if (kind === "documents" && which && act === "release") {
        return { page: "release", dossier, document: which };
    }
    if (kind === "requests" && which === "new") {
        const step = request_steps.find((known) => known === (act ?? "who"));
        return step ? { page: "new-request", dossier, step } : { page: "unknown" };
    }
    return { page: "unknown" };
}

const at = encodeURIComponent;

export const href = {
    start: "#/",
    inbox: "#/today",
    reading: "#/reading",
    new_dossier: "#/dossiers/new",
    dossiers: (filter = "", show = "all"): string => {
        const asked = new URLSearchParams();
        if (filter) {
            asked.set("filter", filter);
        }
        if (show !== "all") {
            asked.set("show", show);
        }
        const text = asked.toString();
        return text ? `#/dossiers?${text}` : "#/dossiers";
    },
    dossier: (id: string): string => `#/dossiers/${at(id)}`,
    new_party: (id: string, then_request = false): string => `#/dossiers/${at(id)}/parties/new${then_request ? "?then=request" : ""}`,
    new_consent: (id: string, party: string | null = null, then_request = false): string => {
        const asked = new URLSearchParams();
        if (party) {
            asked.set("party", party);
        }
        if (then_request) {
            asked.set("then", "request");
        }
        const text = asked.toString();
        return `#/dossiers/${at(id)}/consents/new${text ? `?${text}` : ""}`;
    },
    withdraw: (id: string, consent: string): string => `#/dossiers/${at(id)}/consents/${at(consent)}/withdraw`,
    new_credential: (id: string, request: string): string => `#/dossiers/${at(id)}/requests/${at(request)}/credentials/new`,
    credential: (id: string, request: string, credential: string, act: CredentialAct): string =>
        `#/dossiers/${at(id)}/requests/${at(request)}/credentials/${at(credential)}/${act}`,
    release: (id: string, document: string): string => `#/dossiers/${at(id)}/documents/${at(document)}/release`,
    new_request: (id: string, step: RequestStep = "who"): string => `#/dossiers/${at(id)}/requests/new/${step}`,
};

export function go(address: string): void {
    window.location.hash = address;
}

// Changes the address without a new page: for a filter that is typed.
export function note_address(address: string): void {
    window.history.replaceState(window.history.state, "", address);
}
