// The page's side of the worker. The one place that makes a script from an address, and the one Trusted Types policy that allows it.

import type { Job, Order, Report, Verification } from "./sending/protocol.ts";
import type { Sender } from "./sending/transfer.ts";

declare const WORKER_URL: string; // set by the build

interface TypedScripts {
    createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL: (url: string) => string };
}

function worker_address(): string {
    const typed = (globalThis as { trustedTypes?: TypedScripts }).trustedTypes;
    if (!typed) {
        return WORKER_URL;
    }
    const policy = typed.createPolicy("portal#worker", {
        createScriptURL: (url) => {
            if (url !== WORKER_URL) {
                throw new TypeError("not our worker");
            }
            return url;
        },
    });
    return policy.createScriptURL(WORKER_URL);
}

export class Engine {
    private readonly worker: Worker;
    private readonly verdicts = new Map<number, (good: boolean) => void>();
    private verifications = 0;
    listener: (report: Report) => void = () => undefined;

    constructor() {
        this.worker = new Worker(worker_address());
        this.worker.addEventListener("message", (event: MessageEvent<Report>) => this.hear(event.data));
    }

    send(sender: Sender, jobs: readonly Job[]): void {
        this.post({ order: "send", sender, jobs });
    }

    control(order: "pause" | "resume" | "stop"): void {
        this.post({ order });
    }

    verify(verification: Verification): Promise<boolean> {
        this.verifications += 1;
        const id = this.verifications;
        return new Promise((resolve) => {
            this.verdicts.set(id, resolve);
            this.post({ order: "verify", id, verification });
        });
    }

    private post(order: Order): void {
        this.worker.postMessage(order);
    }

    private hear(report: Report): void {
        if (report.report === "verified") {
            this.verdicts.get(report.id)?.(report.good);
            this.verdicts.delete(report.id);
        } else {
            this.listener(report);
        }
    }
}

let engine: Engine | null = null;

// Loaded when it is first needed: the page stands before the 150 kB of cryptography are there.
export function the_engine(): Engine {
    engine ??= new Engine();
    return engine;
}
