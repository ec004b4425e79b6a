// Refusals from the server: RFC 9457 problem+json. `kind` is the last part of its urn ("not-encrypted"); "" when the answer was no problem.

export class Problem extends Error {
    readonly status: number;
    readonly kind: string;
    readonly title: string;
    readonly detail: string;

    constructor(status: number, kind: string, title: string, detail: string) {
        super(`${status} ${kind || title}`);
        this.status = status;
        this.kind = kind;
        this.title = title;
        this.detail = detail;
    }
}

function text_of(value: unknown): string {
    return typeof value === "string" ? value : "";
}

export function parse_problem(status: number, body: string): Problem {
    let fields: Record<string, unknown> = {};
    try {
        const parsed: unknown = JSON.parse(body);
        if (typeof parsed === "object" && parsed !== null) {
            fields = parsed as Record<string, unknown>;
        }
    } catch {
        // No JSON: a proxy's page, or nothing. The status says enough.
    }
    const type = text_of(fields["type"]);
    return new Problem(status, type.slice(type.lastIndexOf(":") + 1), text_of(fields["title"]), text_of(fields["detail"]));
}
