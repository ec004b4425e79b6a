// Fetching for a page, and sending from a form. Answers that come after the page asked for something else are dropped.
// A 401 ends the session for the whole console; everything else is the page's to show.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import type { Problem } from "../shared/problem.ts";
import { as_problem } from "./api.ts";
import { use_desk } from "./desk.ts";

export type Load<T> =
    | { state: "loading"; slow: boolean }
    | { state: "failed"; problem: Problem }
    | { state: "ready"; value: T };

const slow_after_ms = 400; // before that, a text would only flicker

// `key` names what is loaded: a new one loads anew. `reload` keeps what is shown until the new answer is there.
export function use_load<T>(key: string, fetch_it: () => Promise<T>): { load: Load<T>; reload: () => void } {
    const desk = use_desk();
    const [load, set_load] = useState<Load<T>>({ state: "loading", slow: false });
    const turn = useRef(0);

    const start = useCallback(
        (keep: boolean) => {
            turn.current += 1;
            const mine = turn.current;
            const current = (): boolean => mine === turn.current;
            if (!keep) {
                set_load({ state: "loading", slow: false });
            }
            const timer = window.setTimeout(() => {
                if (current() && !keep) {
                    set_load({ state: "loading", slow: true });
                }
            }, slow_after_ms);
            fetch_it()
                .then((value) => {
                    if (current()) {
                        set_load({ state: "ready", value });
                    }
                })
                .catch((fault: unknown) => {
                    const problem = as_problem(fault);
                    if (!current()) {
                        return;
                    }
                    if (problem.status === 401) {
                        desk.session_ended();
                    } else {
                        set_load({ state: "failed", problem });
                    }
                })
                .finally(() => window.clearTimeout(timer));
        },
        [key],
    );

    useEffect(() => {
        start(false);
        return () => {
            turn.current += 1; // whatever is under way is nobody's any more
        };
    }, [start]);

    return { load, reload: () => start(load.state === "ready") };
}

// Sends once at a time. Gives null when it went well, else the problem; a 401 is reported and given as well.
export function use_send(): { busy: boolean; send: (act: () => Promise<void>) => Promise<Problem | null> } {
    const desk = use_desk();
    const [busy, set_busy] = useState(false);
    const under_way = useRef(false);
    const send = async (act: () => Promise<void>): Promise<Problem | null> => {
        if (under_way.current) {
            return null;
        }
        under_way.current = true;
        set_busy(true);
        try {
            await act();
            return null;
        } catch (fault) {
            const problem = as_problem(fault);
            if (problem.status === 401) {
                desk.session_ended();
            }
            return problem;
        } finally {
            under_way.current = false;
            set_busy(false);
        }
    };
    return { busy, send };
}
