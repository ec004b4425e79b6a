// Heading of a screen: takes the focus when the screen changes, and names the tab.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { use_title } from "../../shared/focus.ts";
import { use_speech } from "../context.ts";

export function PageHead(props: { title: string; step?: number; tab?: string; first?: boolean }): JSX.Element {
    const { texts } = use_speech();
    const heading = useRef<HTMLHeadingElement>(null);
    const step = props.step ? texts.step(props.step, 3) : "";
    use_title([props.tab ?? props.title, step].filter((part) => part !== "").join(" – "));
    useEffect(() => {
        if (!props.first) {
            window.scrollTo(0, 0);
            heading.current?.focus({ preventScroll: true });
        }
    }, []);
    return (
        <div class="page-head">
            {step ? <p class="page-step">{step}</p> : null}
            <h1 ref={heading} tabIndex={-1}>
                {props.title}
            </h1>
        </div>
    );
}
