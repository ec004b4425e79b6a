// The worker: encrypts and sends one document after the other, so that the page stays quick. A failure of one leaves the others alone,
// except when the answer is about the whole request (withdrawn, closed): then nothing more is sent.

import { verify_receipt } from "./receipt.ts";
import { browser_clock, Control, PatientClient } from "./sending/patience.ts";
import type { Order, Report } from "./sending/protocol.ts";
import { send_request } from "./sending/request.ts";
import { failure_of, transfer, type Failure } from "./sending/transfer.ts";

const progress_ms = 100;

function tell(report: Report): void {
    postMessage(report);
}

// A new one for every sending, so that a stop ends only what it was meant for.
let control = new Control();

function ends_everything(failure: Failure): boolean {
    return (
        failure.kind === "stopped" ||
        (failure.kind === "refused" && (failure.status === 401 || failure.status === 403))
    );
}

async function send_jobs(order: Extract<Order, { order: "send" }>): Promise<void> {
    let ended: Failure | null = null;
    control = new Control();
    const client = new PatientClient(send_request, control, browser_clock, (state) => tell({ report: "connection", state }));
    for (const job of order.jobs) {
        const key = job.key;
        if (ended) {
            tell({ report: "failed", key, failure: ended });
            continue;
        }
        let told_at = 0;
        try {
            const sealed = await transfer(client, send_request, order.sender, job, {
                step: (step) => tell({ report: "step", key, step }),
                sent: (bytes, of) => {
                    const now = performance.now();
                    if (now - told_at >= progress_ms || bytes === of || bytes === 0) {
                        told_at = now;
                        tell({ report: "sent", key, bytes, of });
                    }
                },
                started_again: () => tell({ report: "again", key }),
            });
            tell({ report: "sealed", key, sealed });
        } catch (error) {
            const failure = failure_of(error);
            tell({ report: "failed", key, failure });
            ended = ends_everything(failure) ? failure : null;
        }
    }
    tell({ report: "finished" });
}

addEventListener("message", (event: MessageEvent<Order>) => {
    const order = event.data;
    if (order.order === "send") {
        void send_jobs(order);
    } else if (order.order === "verify") {
        const { text, verifier, facts } = order.verification;
        tell({ report: "verified", id: order.id, good: verify_receipt(text, verifier, facts) });
    } else {
        control[order.order]();
    }
});
