// Retrying: after every failure that may pass, wait longer (0.5 s to 30 s, with jitter), at once when the browser is online again, and as
// long as the user has paused. What the server has decided is not retried.

import { parse_problem, type Problem } from "../../shared/problem.ts";
import { Interrupted, Unreachable, type Answer, type Ask, type SendRequest } from "./request.ts";

const wait_first_ms = 500;
const wait_longest_ms = 30_000;

// The server has decided, and asking again would not change it.
export class Refused extends Error {
    constructor(readonly problem: Problem) {
        super(problem.message);
    }
}

export class Stopped extends Error {}

export interface Clock {
    // Resolves after `ms`, or earlier when the browser is online again or `signal` fires.
    wait(ms: number, signal: AbortSignal): Promise<void>;
    random(): number; // 0 to 1
}

export const browser_clock: Clock = {
    wait: (ms, signal) =>
        new Promise((resolve) => {
            const finish = () => {
                clearTimeout(timer);
                removeEventListener("online", finish);
                signal.removeEventListener("abort", finish);
                resolve();
            };
            const timer = setTimeout(finish, ms);
            addEventListener("online", finish);
            signal.addEventListener("abort", finish);
        }),
    random: Math.random,
};

// Pause, resume, stop: asked for by the user, obeyed between two requests and in the middle of one.
export class Control {
    private current = new AbortController();
    private paused = false;
    private stopped = false;
    private wake: (() => void)[] = [];

    get signal(): AbortSignal {
        return this.current.signal;
    }

    get is_stopped(): boolean {
        return this.stopped;
    }

    pause(): void {
        this.paused = true;
        this.current.abort();
    }

    resume(): void {
        this.paused = false;
        this.release();
    }

    stop(): void {
        this.stopped = true;
        this.current.abort();
        this.release();
    }

    // Returns when work may go on. Throws Stopped.
    async gate(): Promise<void> {
        while (this.paused && !this.stopped) {
            await new Promise<void>((resolve) => this.wake.push(resolve));
        }
        if (this.stopped) {
            throw new Stopped("stopped by the user");
        }
        if (this.current.signal.aborted) {
            this.current = new AbortController();
        }
    }

    private release(): void {
        const waiting = this.wake;
        this.wake = [];
        waiting.forEach((wake) => wake());
    }
}

export type ConnectionState = "lost" | "back" | "maintenance";

// Statuses that may pass by themselves. 409 is not here: it has a meaning of its own in every place.
function may_pass(status: number): boolean {
    return status === 408 || status === 429 || status >= 500;
}

export class PatientClient {
    private failures = 0;

    constructor(
        private readonly send: SendRequest,
        readonly control: Control,
        private readonly clock: Clock,
        private readonly report: (state: ConnectionState) => void,
    ) {}

    // One try: an answer below 500 that may not pass, or null after a failure that was waited for. Throws Stopped.
    async try_once(ask: Ask): Promise<Answer | null> {
        await this.control.gate();
        try {
            const answer = await this.send(ask.whole ? ask : { ...ask, signal: this.control.signal });
            if (!may_pass(answer.status) || answer.status === 507) {
                this.succeeded();
                return answer;
            }
            await this.wait(answer.status === 503 ? "maintenance" : "lost", Number(answer.header("Retry-After") ?? 0) * 1000);
        } catch (error) {
            if (error instanceof Unreachable) {
                await this.wait("lost", 0);
            } else if (!(error instanceof Interrupted)) {
                throw error;
            }
        }
        return null;
    }

    // Until there is an answer. For requests that may be repeated.
    async until_answered(ask: Ask): Promise<Answer> {
        for (;;) {
            const answer = await this.try_once(ask);
            if (answer) {
                return answer;
            }
        }
    }

    private succeeded(): void {
        if (this.failures > 0) {
            this.failures = 0;
            this.report("back");
        }
    }

    private async wait(state: ConnectionState, at_least_ms: number): Promise<void> {
        const longest = Math.min(wait_longest_ms, wait_first_ms * 2 ** this.failures);
        this.failures += 1;
        this.report(state);
        const ms = longest * (0.5 + this.clock.random() / 2);
        await this.clock.wait(Math.max(ms, Math.min(at_least_ms || 0, wait_longest_ms)), this.control.signal);
    }
}

export function refusal(answer: Answer): Refused {
    return new Refused(parse_problem(answer.status, answer.body));
}
