// The posting, fetched at the start and again while the page stands: every 3 s at first, then more rarely, not in a hidden tab, and at once
// when somebody looks at it again.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Posting } from "./posting.ts";
import type { Stop } from "./screens/stop_screen.tsx";
import { is_stop, open_session, stop_after, type Session } from "./session.ts";

const poll_first_ms = 3_000;
const poll_slowest_ms = 60_000;
const poll_growth = 1.3;

export interface Posted {
    session: Session | null;
    posting: Posting | null;
    stop: Stop | null; // why there is no posting
    refresh: () => Promise<Posting | null>;
}

export function use_posting(waiting: boolean): Posted {
    const [session, set_session] = useState<Session | null>(null);
    const [posting, set_posting] = useState<Posting | null>(null);
    const [stop, set_stop] = useState<Stop | null>(null);
    const opened = useRef<Session | null>(null);

    const load = useCallback(async (quiet: boolean): Promise<Posting | null> => {
        try {
            if (!opened.current) {
                const found = await open_session(location.hash);
                if (is_stop(found)) {
                    set_stop(found);
                    return null;
                }
                opened.current = found;
                set_session(found);
            }
            const fresh = await opened.current.reader.fetch();
            set_posting(fresh);
            set_stop(null);
            return fresh;
        } catch (error) {
            const reason = stop_after(error);
            // News that does not come is no reason to take away what is on the screen; a lie is.
            if (!quiet || reason.kind === "tampered") {
                set_stop(reason);
            }
            return null;
        }
    }, []);

    useEffect(() => {
        void load(false);
        const reload = () => location.reload();
        addEventListener("hashchange", reload);
        return () => removeEventListener("hashchange", reload);
    }, []);

    useEffect(() => {
        if (!waiting) {
            return undefined;
        }
        let pause = poll_first_ms;
        let timer: ReturnType<typeof setTimeout>;
        const look = async () => {
            if (!document.hidden) {
                await load(true);
                pause = Math.min(poll_slowest_ms, pause * poll_growth);
            }
            timer = setTimeout(() => void look(), pause);
        };
        timer = setTimeout(() => void look(), pause);
        const look_again = () => {
            if (!document.hidden) {
                clearTimeout(timer);
                pause = poll_first_ms;
                void look();
            }
        };
        document.addEventListener("visibilitychange", look_again);
        addEventListener("online", look_again);
        return () => {
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", look_again);
            removeEventListener("online", look_again);
        };
    }, [waiting]);

    return { session, posting, stop, refresh: () => load(posting !== null) };
}
