// A tus server in memory that can misbehave. `faults` looks at each request before it is handled and may answer or break it instead.

import { createHash } from "node:crypto";
import { Control, PatientClient, type ConnectionState } from "../../src/upload/sending/patience.ts";
import { Unreachable, type Answer, type Ask } from "../../src/upload/sending/request.ts";

export interface Kept {
    bytes: Buffer;
    length: number;
    seal: string | null;
}

export type Fault = (ask: Ask, number: number) => Answer | "break" | "break-after" | { keep: number } | null;

export function answer(status: number, headers: Record<string, string> = {}, body = ""): Answer {
    return { status, body, header: (name) => headers[name.toLowerCase()] ?? null };
}

export function problem(status: number, kind: string): Answer {
    return answer(status, {}, JSON.stringify({ type: `urn:sluis:problem:${kind}`, title: kind, status }));
}

export class EdgeInMemory {
    readonly uploads = new Map<string, Kept>();
    readonly asks: Ask[] = [];
    readonly bodies: { upload: string; offset: number; bytes: Buffer }[] = [];
    readonly states: ConnectionState[] = [];
    waits = 0;
    private number = 0;
    readonly control = new Control();

    constructor(private readonly faults: Fault = () => null) {}

    readonly client = new PatientClient(
        (ask) => this.send(ask),
        this.control,
        { wait: () => Promise.resolve(void (this.waits += 1)), random: () => 0.5 },
        (state) => this.states.push(state),
    );

    readonly send = async (ask: Ask): Promise<Answer> => {
        this.asks.push(ask);
        this.number += 1;
        const fault = this.faults(ask, this.number);
        const body = typeof ask.body === "string" ? Buffer.from(ask.body) : Buffer.from(await (ask.body ?? new Blob()).arrayBuffer());
        if (fault === "break") {
            throw new Unreachable("broken");
        }
        if (fault && typeof fault === "object" && "status" in fault) {
            return fault;
        }
        const given = this.handle(ask, body, fault && typeof fault === "object" ? fault.keep : body.length);
        if (fault) {
            throw new Unreachable("the answer was lost");
        }
        return given;
    };

    private handle(ask: Ask, body: Buffer, keep: number): Answer {
        if (ask.url === "/api/v1/uploads") {
            const id = this.number.toString(16).padStart(32, "0");
            this.uploads.set(id, { bytes: Buffer.alloc(0), length: Number(ask.headers["Upload-Length"]), seal: null });
            return answer(201, { location: `/api/v1/uploads/${id}` });
        }
        const id = ask.url.slice(16, 48);
        const upload = this.uploads.get(id);
        if (!upload) {
            return problem(404, "not-found");
        }
        if (ask.method === "DELETE") {
            this.uploads.delete(id);
            return answer(204);
        }
        if (ask.method === "HEAD") {
            return answer(200, { "upload-offset": String(upload.bytes.length) });
        }
        if (ask.method === "PATCH") {
            const offset = Number(ask.headers["Upload-Offset"]);
            if (offset !== upload.bytes.length) {
                return problem(409, "conflict");
            }
            this.bodies.push({ upload: id, offset, bytes: body });
            upload.bytes = Buffer.concat([upload.bytes, body.subarray(0, keep)]);
            return answer(204, { "upload-offset": String(upload.bytes.length) });
        }
        return this.seal(id, upload, body.toString());
    }

    private seal(id: string, upload: Kept, body: string): Answer {
        if (upload.bytes.length !== upload.length) {
            return problem(409, "incomplete");
        }
        if (upload.seal !== null && upload.seal !== body) {
            return problem(409, "conflict");
        }
        const digest = createHash("sha256").update(upload.bytes).digest("hex");
        if ((JSON.parse(body) as { sha256: string }).sha256 !== digest) {
            this.uploads.delete(id);
            return problem(422, "damaged");
        }
        const status = upload.seal === null ? 201 : 200;
        upload.seal = body;
        return answer(status, {}, JSON.stringify({ upload: id, state: "sealed", receipt: `receipt of ${id}` }));
    }
}
