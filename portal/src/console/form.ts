// A form's errors and its sending, the same for every page: check first, show all errors at once, send, and keep what was typed.

import { useState } from "preact/hooks";

import type { Problem } from "../shared/problem.ts";
import type { FormError } from "../shared/ui.tsx";
import { use_send } from "./load.ts";

export interface Form {
    errors: readonly FormError[];
    problem: Problem | null;
    busy: boolean;
    error_of: (target: string) => string | null;
    submit: (event: Event) => void;
}

// `check` gives what is wrong; `act` sends; `explain` may turn a refusal into an error at a field.
export function use_form(
    check: () => FormError[],
    act: () => Promise<void>,
    explain?: (problem: Problem) => FormError | null,
): Form {
    const [errors, set_errors] = useState<readonly FormError[]>([]);
    const [problem, set_problem] = useState<Problem | null>(null);
    const { busy, send } = use_send();
    const run = async (): Promise<void> => {
        const wrong = check();
        set_errors(wrong);
        set_problem(null);
        if (wrong.length > 0 || busy) {
            return;
        }
        const refused = await send(act);
        const error = refused && explain ? explain(refused) : null;
        if (error) {
            set_errors([error]);
        } else {
            set_problem(refused);
        }
    };
    return {
        errors,
        problem,
        busy,
        error_of: (target) => errors.find((error) => error.target === target)?.text ?? null,
        submit: (event) => {
            event.preventDefault();
            void run();
        },
    };
}

// A 422 names the field first: "mail: must be a mail address". Null when it names none.
export function refused_field(problem: Problem): string | null {
    return problem.status === 422 ? (/^([A-Za-z]+): /.exec(problem.detail)?.[1] ?? null) : null;
}

// The errors among [wrong?, field, text].
export function errors_among(checks: readonly (readonly [wrong: boolean, target: string, text: string])[]): FormError[] {
    return checks.filter(([wrong]) => wrong).map(([, target, text]) => ({ target, text }));
}
