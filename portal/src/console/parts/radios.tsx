// One choice out of a few, as radio buttons with room for an explanation. The id of the group is where an error's link goes.

import type { JSX } from "preact";

import { Fieldset } from "../../shared/ui.tsx";

export interface Option {
    value: string;
    text: string;
    hint?: string | undefined;
}

export function Radios(props: {
    id: string;
    legend: string;
    legend_hidden?: boolean; // when the page's title asks the question
    hint?: string;
    error?: string | null;
    options: readonly Option[];
    value: string;
    onValue: (value: string) => void;
    inline?: boolean;
}): JSX.Element {
    return (
        <Fieldset
            id={props.id}
            legend={props.legend_hidden ? <span class="visually-hidden">{props.legend}</span> : props.legend}
            hint={props.hint}
            error={props.error ?? null}
        >
            <div class={props.inline ? "choices choices-inline" : "choices"}>
                {props.options.map((option) => {
                    const id = `${props.id}-${option.value}`;
                    return (
                        <div class="choice" key={option.value}>
                            <input
                                type="radio"
                                id={id}
                                name={props.id}
                                value={option.value}
                                checked={props.value === option.value}
                                aria-describedby={option.hint ? `${id}-hint` : undefined}
                                onChange={() => props.onValue(option.value)}
                            />
                            <label for={id}>{option.text}</label>
                            {option.hint ? (
                                <p class="field-hint" id={`${id}-hint`}>
                                    {option.hint}
                                </p>
                            ) : null}
                        </div>
                    );
                })}
            </div>
        </Fieldset>
    );
}
