// The step the user is at, in the browser's history: its back button goes back one step and not out of the page. The address stays as it is.

import { useEffect, useState } from "preact/hooks";

export type StepName = "request" | "check" | "busy" | "done";

export function use_step(): readonly [StepName | null, (step: StepName, way: "forward" | "instead") => void] {
    const [step, set_step] = useState<StepName | null>(null);
    useEffect(() => {
        // Only these two have a state that can be gone back to; during and after sending, "back" shows the request again.
        const go = (event: PopStateEvent) => set_step((now) => (now === "busy" ? now : event.state === "check" ? "check" : "request"));
        addEventListener("popstate", go);
        return () => removeEventListener("popstate", go);
    }, []);
    const go = (next: StepName, way: "forward" | "instead") => {
        if (way === "forward") {
            history.pushState(next, "");
        } else {
            history.replaceState(next === "check" ? "check" : null, "");
        }
        set_step(next);
    };
    return [step, go];
}
