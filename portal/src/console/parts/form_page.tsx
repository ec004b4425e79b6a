// The frame of a page that is one form: errors above, fields on a card, the act and the way out below.

import type { ComponentChildren, JSX } from "preact";

import { Button, Card, ErrorSummary, type ButtonLook } from "../../shared/ui.tsx";
import { use_desk } from "../desk.ts";
import type { Form } from "../form.ts";
import { Page } from "./page.tsx";
import { SendFailed } from "./states.tsx";

export function FormPage(props: {
    form: Form;
    title: string;
    caption?: string;
    back?: { href: string; text: string };
    lead?: ComponentChildren;
    button: string;
    busy?: string;
    look?: ButtonLook;
    cancel?: { href: string; text: string };
    after?: ComponentChildren;
    children: ComponentChildren;
}): JSX.Element {
    const { t } = use_desk();
    const { form } = props;
    return (
        <Page
            title={props.title}
            wrong={form.errors.length > 0}
            narrow
            {...(props.caption ? { caption: props.caption } : {})}
            {...(props.back ? { back: props.back } : {})}
        >
            <ErrorSummary title={t.form.errors} errors={form.errors} />
            <SendFailed problem={form.problem} />
            {props.lead ? <p class="lead">{props.lead}</p> : null}
            <form class="form" noValidate onSubmit={form.submit}>
                <Card>{props.children}</Card>
                {props.after}
                <div class="actions">
                    <Button type="submit" look={props.look ?? "primary"} busy={form.busy}>
                        {form.busy ? (props.busy ?? t.form.saving) : props.button}
                    </Button>
                    {props.cancel ? (
                        <a class="button button-quiet" href={props.cancel.href}>
                            {props.cancel.text}
                        </a>
                    ) : null}
                </div>
            </form>
        </Page>
    );
}
