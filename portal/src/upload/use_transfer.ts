// A running transfer: orders to the worker, its reports added up, and the browser asked to stay awake and open meanwhile.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Chosen } from "./chosen.ts";
import { the_engine } from "./engine.ts";
import type { Envelope } from "./envelope.ts";
import { begin_transfer, hear_report, type Transfer } from "./progress.ts";
import type { Session } from "./session.ts";

export interface Sending {
    transfer: Transfer | null;
    start: (session: Session, envelope: Envelope, chosen: readonly Chosen[]) => void;
    pause: () => void;
    resume: () => void;
    stop: () => void;
    forget: () => void;
}

export function use_transfer(): Sending {
    const [transfer, set_transfer] = useState<Transfer | null>(null);
    use_awake(transfer !== null && !transfer.finished);
    const start: Sending["start"] = (session, envelope, chosen) => {
        const engine = the_engine();
        set_transfer(begin_transfer(chosen.map((one) => ({ key: one.key, item: one.item, name: one.file.name, size: one.file.size }))));
        engine.listener = (report) => set_transfer((before) => before && hear_report(before, report));
        engine.send(
            { grant: session.grant, access: session.keys.access, manifest_key: session.keys.manifest, recipient: envelope.recipient },
            chosen.map(({ key, item, file, type }) => ({ key, item, file, type })),
        );
    };
    return {
        transfer,
        start,
        pause: () => the_engine().control("pause"),
        resume: () => the_engine().control("resume"),
        stop: () => the_engine().control("stop"),
        forget: () => set_transfer(null),
    };
}

// Asking where the server's policy forbids it would only write an error in the browser's console.
function may_keep_awake(): boolean {
    const policy = (document as { featurePolicy?: { allowsFeature: (name: string) => boolean } }).featurePolicy;
    return policy?.allowsFeature("screen-wake-lock") ?? true;
}

function use_awake(busy: boolean): void {
    const lock = useRef<WakeLockSentinel | null>(null);
    useEffect(() => {
        if (!busy) {
            return undefined;
        }
        const guard = (event: BeforeUnloadEvent) => event.preventDefault();
        // A lock is lost whenever the page is hidden; ask again when it is back. Browsers without it, or on low power, go on without.
        const keep_awake = () => {
            if (!document.hidden && may_keep_awake()) {
                void navigator.wakeLock
                    ?.request("screen")
                    .then((sentinel) => (lock.current = sentinel))
                    .catch(() => undefined);
            }
        };
        addEventListener("beforeunload", guard);
        document.addEventListener("visibilitychange", keep_awake);
        keep_awake();
        return () => {
            removeEventListener("beforeunload", guard);
            document.removeEventListener("visibilitychange", keep_awake);
            void lock.current?.release().catch(() => undefined);
        };
    }, [busy]);
}
