// Parts of a form. Every field has a real label; an error is text below the label, linked by aria-describedby, and repeated in the summary.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";

export function Button(props: {
    look?: ButtonLook;
    type?: "button" | "submit";
    onClick?: (event: MouseEvent) => void;
    describedBy?: string;
    label?: string; // when the visible text alone says too little; must begin with it
    id?: string;
    busy?: boolean; // still focusable, does nothing
    children: ComponentChildren;
}): JSX.Element {
    const stop = (event: MouseEvent) => event.preventDefault();
    return (
        <button
            id={props.id}
            type={props.type ?? "button"}
            class={`button button-${props.look ?? "secondary"}`}
            onClick={props.busy ? stop : props.onClick}
            aria-describedby={props.describedBy}
            aria-label={props.label}
            aria-disabled={props.busy ? "true" : undefined}
        >
            {props.children}
        </button>
    );
}

export interface FieldFrame {
    id: string;
    label: ComponentChildren;
    hint?: ComponentChildren;
    error?: string | null | undefined;
}

function described_by(frame: FieldFrame): string | undefined {
    const ids = [frame.hint ? `${frame.id}-hint` : "", frame.error ? `${frame.id}-error` : ""].filter((id) => id !== "");
    return ids.length > 0 ? ids.join(" ") : undefined;
}

// Label, hint and error around one control whose id is `id`.
export function Field(props: FieldFrame & { children: ComponentChildren }): JSX.Element {
    return (
        <div class={props.error ? "field field-wrong" : "field"}>
            <label class="field-label" for={props.id}>
                {props.label}
            </label>
            {props.hint ? (
                <p class="field-hint" id={`${props.id}-hint`}>
                    {props.hint}
                </p>
            ) : null}
            {props.error ? (
                <p class="field-error" id={`${props.id}-error`}>
                    {props.error}
                </p>
            ) : null}
            {props.children}
        </div>
    );
}

export function TextField(
    props: FieldFrame & {
        value: string;
        onValue: (value: string) => void;
        type?: "text" | "email" | "password" | "date" | "tel" | "search";
        autocomplete?: string;
        maxLength?: number;
        wide?: boolean;
    },
): JSX.Element {
    // Preact types every kind of input apart; the kind is chosen at run time here.
    const kind = { type: props.type ?? "text" } as { type: "text" };
    return (
        <Field id={props.id} label={props.label} hint={props.hint} error={props.error}>
            <input
                {...kind}
                class={props.wide ? "input input-wide" : "input"}
                id={props.id}
                name={props.id}
                value={props.value}
                maxLength={props.maxLength}
                autocomplete={props.autocomplete ?? "off"}
                aria-describedby={described_by(props)}
                aria-invalid={props.error ? "true" : undefined}
                onInput={(event) => props.onValue(event.currentTarget.value)}
            />
        </Field>
    );
}

export function TextArea(
    props: FieldFrame & { value: string; onValue: (value: string) => void; rows?: number; maxLength?: number },
): JSX.Element {
    return (
        <Field id={props.id} label={props.label} hint={props.hint} error={props.error}>
            <textarea
                class="input input-wide"
                id={props.id}
                name={props.id}
                rows={props.rows ?? 4}
                value={props.value}
                maxLength={props.maxLength}
                aria-describedby={described_by(props)}
                aria-invalid={props.error ? "true" : undefined}
                onInput={(event) => props.onValue(event.currentTarget.value)}
            />
        </Field>
    );
}

export interface Choice {
    value: string;
    text: string;
}

export function Select(props: FieldFrame & { value: string; onValue: (value: string) => void; choices: readonly Choice[] }): JSX.Element {
    return (
        <Field id={props.id} label={props.label} hint={props.hint} error={props.error}>
            <select
                class="input"
                id={props.id}
                name={props.id}
                value={props.value}
                aria-describedby={described_by(props)}
                aria-invalid={props.error ? "true" : undefined}
                onChange={(event) => props.onValue(event.currentTarget.value)}
            >
                {props.choices.map((choice) => (
                    <option key={choice.value} value={choice.value} selected={choice.value === props.value}>
                        {choice.text}
                    </option>
                ))}
            </select>
        </Field>
    );
}

export function Checkbox(props: {
    id: string;
    label: ComponentChildren;
    hint?: ComponentChildren;
    checked: boolean;
    onChecked: (checked: boolean) => void;
}): JSX.Element {
    return (
        <div class="choice">
            <input
                type="checkbox"
                id={props.id}
                name={props.id}
                checked={props.checked}
                aria-describedby={props.hint ? `${props.id}-hint` : undefined}
                onChange={(event) => props.onChecked(event.currentTarget.checked)}
            />
            <label for={props.id}>{props.label}</label>
            {props.hint ? (
                <p class="field-hint" id={`${props.id}-hint`}>
                    {props.hint}
                </p>
            ) : null}
        </div>
    );
}

// A group of radio buttons or check boxes under one question.
export function Fieldset(props: {
    id: string;
    legend: ComponentChildren;
    hint?: ComponentChildren;
    error?: string | null;
    children: ComponentChildren;
}): JSX.Element {
    return (
        <fieldset
            class={props.error ? "fieldset field-wrong" : "fieldset"}
            id={props.id}
            tabIndex={-1}
            aria-describedby={described_by({ ...props, label: "" })}
        >
            <legend class="field-label">{props.legend}</legend>
            {props.hint ? (
                <p class="field-hint" id={`${props.id}-hint`}>
                    {props.hint}
                </p>
            ) : null}
            {props.error ? (
                <p class="field-error" id={`${props.id}-error`}>
                    {props.error}
                </p>
            ) : null}
            {props.children}
        </fieldset>
    );
}

export interface FormError {
    target: string; // id of the field
    text: string;
}

// Stands above the form and takes the focus whenever a new list of errors appears. Its links move the focus to the field.
export function ErrorSummary(props: { title: string; errors: readonly FormError[] }): JSX.Element | null {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (props.errors.length > 0) {
            box.current?.focus();
        }
    }, [props.errors]);
    if (props.errors.length === 0) {
        return null;
    }
    const go = (event: MouseEvent, target: string) => {
        event.preventDefault();
        const field = document.getElementById(target);
        field?.scrollIntoView({ block: "center" });
        field?.focus();
    };
    return (
        <div class="alert alert-negative error-summary" ref={box} tabIndex={-1} role="group" aria-labelledby="error-summary-title">
            <span class="alert-sign" aria-hidden="true">
                !
            </span>
            <div class="alert-body">
                <h2 class="alert-title" id="error-summary-title">
                    {props.title}
                </h2>
                <ul>
                    {props.errors.map((error) => (
                        <li key={error.target + error.text}>
                            <a href={`#${error.target}`} onClick={(event) => go(event, error.target)}>
                                {error.text}
                            </a>
                        </li>
                    ))}
                </ul>
            </div>
        </div>
    );
}
