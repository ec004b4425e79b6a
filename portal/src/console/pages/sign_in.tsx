// Who are you? One error for a wrong name and a wrong password: the page does not say which.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { use_title } from "../../shared/focus.ts";
import { Alert, Button, Card, Checkbox, ErrorSummary, TextField, type FormError } from "../../shared/ui.tsx";
import { api, as_problem } from "../api.ts";
import type { Messages } from "../messages/choose.ts";
import type { Account } from "../model.ts";
import { words_of } from "../parts/states.tsx";

export type Arrival = "first" | "over" | "out"; // how the person came here

export function SignIn(props: { t: Messages; arrival: Arrival; signed_in: (account: Account) => void }): JSX.Element {
    const { t } = props;
    const [user, set_user] = useState("");
    const [password, set_password] = useState("");
    const [shown, set_shown] = useState(false);
    const [errors, set_errors] = useState<FormError[]>([]);
    const [busy, set_busy] = useState(false);
    const heading = useRef<HTMLHeadingElement>(null);
    use_title(`${errors.length > 0 ? t.form.error_title : ""}${t.sign_in.title} – ${t.product}`);
    useEffect(() => {
        if (props.arrival !== "first") {
            heading.current?.focus();
        }
    }, [props.arrival]);

    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (busy) {
            return;
        }
        const found: FormError[] = [];
        if (user.trim() === "") {
            found.push({ target: "user", text: t.sign_in.no_user });
        }
        if (password === "") {
            found.push({ target: "password", text: t.sign_in.no_password });
        }
        set_errors(found);
        if (found.length > 0) {
            return;
        }
        set_busy(true);
        try {
            props.signed_in(await api.sign_in(user.trim(), password));
        } catch (fault) {
            const problem = as_problem(fault);
            const words = words_of(problem, t);
            const text =
                problem.status === 401 || problem.status === 403 || problem.status === 422
                    ? t.sign_in.wrong
                    : problem.status === 429
                      ? t.sign_in.too_many
                      : `${words.title}. ${words.what}`;
            set_password("");
            set_errors([{ target: problem.status === 401 ? "user" : "password", text }]);
        } finally {
            set_busy(false);
        }
    };
    const error_of = (target: string): string | null => (errors.length === 1 && errors[0]?.text === t.sign_in.wrong
        ? null
        : (errors.find((error) => error.target === target)?.text ?? null));

    return (
        <div class="sign-in stack">
            {props.arrival === "over" ? (
                <Alert tone="warning" title={t.sign_in.over_title}>
                    <p>{t.sign_in.over}</p>
                </Alert>
            ) : null}
            {props.arrival === "out" ? (
                <Alert tone="positive" title={t.sign_in.out_title}>
                    <p>{t.sign_in.out}</p>
                </Alert>
            ) : null}
            <Card>
                <h1 ref={heading} tabIndex={-1}>
                    {t.sign_in.title}
                </h1>
                <p class="soft">{t.sign_in.lead}</p>
                <ErrorSummary title={t.form.errors} errors={errors} />
                <form class="form" noValidate onSubmit={submit}>
                    <TextField id="user" label={t.sign_in.user} value={user} onValue={set_user} autocomplete="username" error={error_of("user")} wide />
                    <TextField
                        id="password"
                        label={t.sign_in.password}
                        type={shown ? "text" : "password"}
                        value={password}
                        onValue={set_password}
                        autocomplete="current-password"
                        error={error_of("password")}
                        wide
                    />
                    <Checkbox id="show" label={t.sign_in.show} checked={shown} onChecked={set_shown} />
                    <Button type="submit" look="primary" busy={busy}>
                        {busy ? t.sign_in.busy : t.sign_in.button}
                    </Button>
                </form>
            </Card>
            <p class="soft sign-in-note">{t.sign_in.note}</p>
        </div>
    );
}
