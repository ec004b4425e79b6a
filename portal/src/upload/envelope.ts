// What core says to this uploader and nobody in between can read or change: who asks, for what, until when, to which key to encrypt.

import type { Localized } from "../shared/language.ts";
import { list_of, localized_of, number_of, object_of, text_of } from "./reading.ts";

export interface WantedItem {
    code: string; // random id of this request; says nothing about the document
    title: Localized;
    hint: Localized;
    required: boolean;
    files_max: number;
    file_bytes_max: number;
    media_types: readonly string[];
}

export interface Envelope {
    organisation: string;
    service: string;
    asker: { name: string; phone: string; mail: string };
    case_number: string;
    case_title: Localized;
    purpose: Localized;
    legal_basis: Localized;
    consent: { state: "given" | "not-needed" | "withdrawn"; statement: Localized; since: string };
    party: string;
    message: string;
    deadline: string;
    recipient: string;
    items: readonly WantedItem[];
    logs: { edge: string; core: string };
    language: string;
}

function read_item(value: unknown): WantedItem {
    const item = object_of(value);
    return {
        code: text_of(item["code"]),
        title: localized_of(item["title"]),
        hint: localized_of(item["hint"]),
        required: item["required"] === true,
        files_max: number_of(item["filesMax"]),
        file_bytes_max: number_of(item["fileBytesMax"]),
        media_types: list_of(item["mediaTypes"]).map(text_of),
    };
}

// null unless it is version 1, for this grant, and names a key to encrypt to.
export function parse_envelope(json: unknown, grant: string): Envelope | null {
    const top = object_of(json);
    const recipient = text_of(top["recipient"]);
    if (top["v"] !== 1 || top["grant"] !== grant || !recipient.startsWith("age1")) {
        return null;
    }
    const asker = object_of(top["asker"]);
    const consent = object_of(top["consent"]);
    const state = consent["state"];
    const logs = object_of(top["logs"]);
    return {
        organisation: text_of(top["organisation"]),
        service: text_of(top["service"]),
        asker: { name: text_of(asker["name"]), phone: text_of(asker["phone"]), mail: text_of(asker["mail"]) },
        case_number: text_of(top["caseNumber"]),
        case_title: localized_of(object_of(top["caseType"])["title"]),
        purpose: localized_of(top["purpose"]),
        legal_basis: localized_of(top["legalBasis"]),
        consent: {
            state: state === "given" || state === "withdrawn" ? state : "not-needed",
            statement: localized_of(consent["statement"]),
            since: text_of(consent["since"]),
        },
        party: text_of(top["party"]),
        message: text_of(top["message"]),
        deadline: text_of(top["deadline"]),
        recipient,
        items: list_of(top["items"]).map(read_item),
        logs: { edge: text_of(logs["edge"]), core: text_of(logs["core"]) },
        language: text_of(top["language"]),
    };
}
