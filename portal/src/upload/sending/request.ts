// One HTTP request of the worker: XMLHttpRequest, because only it tells how much of a body has left. Tests give another `SendRequest`.

export interface Ask {
    method: "POST" | "HEAD" | "PATCH" | "DELETE" | "GET";
    url: string;
    headers: Readonly<Record<string, string>>;
    body?: Blob | string;
    on_sent?: (bytes: number) => void;
    signal?: AbortSignal;
    whole?: boolean; // not to be cut off by a pause: its answer would be lost
}

export interface Answer {
    status: number;
    header(name: string): string | null;
    body: string;
}

// Rejects with Unreachable when there was no answer, Interrupted when `signal` fired.
export type SendRequest = (ask: Ask) => Promise<Answer>;

export class Unreachable extends Error {}
export class Interrupted extends Error {}

const silence_ms = 60_000; // no byte moved in either direction: the line is dead though nobody said so

export const send_request: SendRequest = (ask) =>
    new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        let watch: ReturnType<typeof setTimeout> | undefined;
        const alive = () => {
            clearTimeout(watch);
            watch = setTimeout(() => request.abort(), silence_ms);
        };
        const stop = () => request.abort();
        const settle = (finish: () => void) => {
            clearTimeout(watch);
            ask.signal?.removeEventListener("abort", stop);
            finish();
        };
        request.open(ask.method, ask.url);
        for (const [name, value] of Object.entries(ask.headers)) {
            request.setRequestHeader(name, value);
        }
        request.upload.onprogress = (event) => {
            alive();
            ask.on_sent?.(event.loaded);
        };
        request.onreadystatechange = alive;
        request.onload = () =>
            settle(() =>
                resolve({ status: request.status, header: (name) => request.getResponseHeader(name), body: request.responseText }),
            );
        request.onerror = () => settle(() => reject(new Unreachable("no answer")));
        request.onabort = () => settle(() => reject(ask.signal?.aborted ? new Interrupted("stopped") : new Unreachable("silence")));
        if (ask.signal?.aborted) {
            settle(() => reject(new Interrupted("stopped")));
            return;
        }
        ask.signal?.addEventListener("abort", stop);
        alive();
        request.send(ask.body ?? null);
    });
