// The frame of one page: path back, caption, title, actions. After a navigation the focus stands on the title; the first page of a visit
// leaves it where the browser put it. The window's title follows, with "Fout: " while a form has errors.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { use_title } from "../../shared/focus.ts";
import { use_desk } from "../desk.ts";

let visits = 0;

export function Page(props: {
    title: string;
    unbroken?: string; // the part of the title that stays on one line where it can: a case number
    caption?: string;
    back?: { href: string; text: string };
    actions?: ComponentChildren;
    wrong?: boolean;
    narrow?: boolean;
    children: ComponentChildren;
}): JSX.Element {
    const { t } = use_desk();
    const heading = useRef<HTMLHeadingElement>(null);
    const step = props.caption ? `${props.caption} – ` : "";
    use_title(`${props.wrong ? t.form.error_title : ""}${props.title} – ${step}${t.product}`);
    useEffect(() => {
        visits += 1;
        if (visits > 1) {
            window.scrollTo(0, 0);
            heading.current?.focus({ preventScroll: true });
        }
    }, []);
    return (
        <div class={props.narrow ? "page page-narrow" : "page"}>
            {props.back ? (
                <nav class="page-back" aria-label={t.dossier.breadcrumb}>
                    <a href={props.back.href}>{props.back.text}</a>
                </nav>
            ) : null}
            <div class="page-head">
                <div>
                    {props.caption ? <p class="page-caption">{props.caption}</p> : null}
                    <h1 ref={heading} tabIndex={-1}>
                        {props.unbroken ? <Unbroken text={props.title} part={props.unbroken} /> : props.title}
                    </h1>
                </div>
                {props.actions ? <div class="actions">{props.actions}</div> : null}
            </div>
            {props.children}
        </div>
    );
}

// A hyphen is a place to break a line, but not in a case number.
export function Unbroken(props: { text: string; part: string }): JSX.Element {
    const at = props.text.indexOf(props.part);
    if (at < 0) {
        return <>{props.text}</>;
    }
    return (
        <>
            {props.text.slice(0, at)}
            <span class="unbroken">{props.part}</span>
            {props.text.slice(at + props.part.length)}
        </>
    );
}
