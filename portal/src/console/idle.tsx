// Signs out a place nobody sits at. Core ends a session after 30 minutes without a request, but this page asks for the inbox all the time,
// so it watches for keys and pointers itself and says so two minutes before. All tabs of this person count as one.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Button } from "../shared/ui.tsx";
import type { Messages } from "./messages/choose.ts";

const minute_ms = 60_000;
const idle_minutes = 30;
const warn_minutes = 2;
const tell_every_ms = 15_000;

export function IdleGuard(props: { t: Messages; sign_out: () => void }): JSX.Element {
    const { t } = props;
    const [left, set_left] = useState<number | null>(null); // minutes, when it is time to warn
    const active = useRef(Date.now());
    const told = useRef(0);
    const channel = useRef<BroadcastChannel | null>(null);
    const dialog = useRef<HTMLDialogElement>(null);
    const sign_out = useRef(props.sign_out);
    sign_out.current = props.sign_out;

    const stay = (): void => {
        active.current = Date.now();
        channel.current?.postMessage("active");
        set_left(null);
    };

    useEffect(() => {
        const tabs = new BroadcastChannel("sluis-console");
        channel.current = tabs;
        tabs.onmessage = () => {
            active.current = Date.now();
            set_left(null);
        };
        const moved = (): void => {
            // While the question stands, only its answer counts.
            if (dialog.current?.open) {
                return;
            }
            active.current = Date.now();
            if (active.current - told.current > tell_every_ms) {
                told.current = active.current;
                tabs.postMessage("active");
            }
        };
        const check = (): void => {
            const rest = idle_minutes - (Date.now() - active.current) / minute_ms;
            if (rest <= 0) {
                sign_out.current();
            } else {
                set_left(rest <= warn_minutes ? Math.ceil(rest) : null);
            }
        };
        const timer = window.setInterval(check, 5_000);
        document.addEventListener("keydown", moved, { capture: true });
        document.addEventListener("pointerdown", moved, { capture: true });
        return () => {
            window.clearInterval(timer);
            document.removeEventListener("keydown", moved, { capture: true });
            document.removeEventListener("pointerdown", moved, { capture: true });
            tabs.close();
        };
    }, []);

    useEffect(() => {
        if (left !== null && !dialog.current?.open) {
            dialog.current?.showModal();
        } else if (left === null && dialog.current?.open) {
            dialog.current.close();
        }
    }, [left]);

    return (
        <dialog class="idle" ref={dialog} aria-labelledby="idle-title" aria-describedby="idle-text" onCancel={stay}>
            <h2 id="idle-title">{t.account.idle_title}</h2>
            <p id="idle-text" role="status">
                {left === null ? "" : t.account.idle(left)}
            </p>
            <div class="actions">
                <Button look="primary" onClick={stay}>
                    {t.account.stay}
                </Button>
                <Button onClick={() => sign_out.current()}>{t.account.sign_out}</Button>
            </div>
        </dialog>
    );
}
