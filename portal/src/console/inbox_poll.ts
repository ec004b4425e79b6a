// The inbox, looked at every ten seconds while somebody looks at the page, less often while core does not answer. One list for the whole
// console: the number in the menu and the page Vandaag read the same.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { api, as_problem } from "./api.ts";
import type { Notice } from "./model.ts";

const every_ms = 10_000;
const at_most_ms = 160_000;

export interface Inbox {
    notices: Notice[] | null; // null until the first answer
    fresh: number; // how many open notices came in by the last look that had not been seen before
    turn: number; // counts the looks that brought something new
    look: () => void; // now
    mark_done: (id: string) => void; // after core has said so
}

export const no_inbox: Inbox = { notices: null, fresh: 0, turn: 0, look: () => {}, mark_done: () => {} };

export function use_inbox(signed_in: boolean, session_ended: () => void): Inbox {
    const [notices, set_notices] = useState<Notice[] | null>(null);
    const [news, set_news] = useState({ fresh: 0, turn: 0 });
    const seen = useRef(new Set<string>());
    const first = useRef(true);
    const wait = useRef(every_ms);
    const timer = useRef(0);
    const live = useRef(false);
    const visit = useRef(0); // one stay, from signing in to leaving; answers of an earlier one are nobody's
    const asking = useRef(-1); // the visit whose question is under way

    const take = useCallback((found: Notice[]) => {
        const unseen = found.filter((notice) => !notice.done && !seen.current.has(notice.id)).length;
        for (const notice of found) {
            seen.current.add(notice.id);
        }
        if (!first.current && unseen > 0) {
            set_news((before) => ({ fresh: unseen, turn: before.turn + 1 }));
        }
        first.current = false;
        set_notices(found);
    }, []);

    const look = useCallback(() => {
        window.clearTimeout(timer.current);
        if (!live.current || asking.current === visit.current || document.hidden) {
            return; // a visibility change looks again; so does the end of the question under way
        }
        const mine = visit.current;
        asking.current = mine;
        api.inbox()
            .then((found) => {
                wait.current = every_ms;
                if (mine === visit.current) {
                    take(found);
                }
            })
            .catch((fault: unknown) => {
                wait.current = Math.min(wait.current * 2, at_most_ms);
                if (mine === visit.current && as_problem(fault).status === 401) {
                    live.current = false;
                    session_ended();
                }
            })
            .finally(() => {
                if (asking.current === mine) {
                    asking.current = -1;
                }
                if (live.current && mine === visit.current) {
                    timer.current = window.setTimeout(look, wait.current);
                }
            });
    }, [take, session_ended]);

    useEffect(() => {
        if (!signed_in) {
            return undefined;
        }
        visit.current += 1;
        live.current = true;
        first.current = true;
        wait.current = every_ms;
        seen.current = new Set();
        look();
        const shown = (): void => {
            if (!document.hidden) {
                look();
            }
        };
        document.addEventListener("visibilitychange", shown);
        return () => {
            live.current = false;
            visit.current += 1;
            window.clearTimeout(timer.current);
            document.removeEventListener("visibilitychange", shown);
            set_notices(null);
            set_news({ fresh: 0, turn: 0 });
        };
    }, [signed_in, look]);

    const mark_done = useCallback((id: string) => {
        set_notices((before) => before?.map((notice) => (notice.id === id ? { ...notice, done: true } : notice)) ?? null);
    }, []);

    return { notices, ...news, look, mark_done };
}
