// What a page shows while it has nothing to show: waiting (after 400 ms, in words), not found, forbidden, and what went wrong.

import type { ComponentChildren, JSX } from "preact";

import type { Problem } from "../../shared/problem.ts";
import { Alert, Button } from "../../shared/ui.tsx";
import { use_desk } from "../desk.ts";
import type { Load } from "../load.ts";
import { href } from "../routes.ts";
import type { Messages } from "../messages/choose.ts";
import { Page } from "./page.tsx";

export interface Words {
    title: string;
    what: string;
}

// One sentence a problem; what the server says is in its own words and for developers, so it is not shown.
export function words_of(problem: Problem, t: Messages): Words {
    const s = t.states;
    switch (problem.status) {
        case 0:
            return problem.kind === "unreachable"
                ? { title: s.unreachable, what: s.unreachable_what }
                : { title: s.broken, what: s.broken_what };
        case 403:
            return { title: s.forbidden, what: s.forbidden_what };
        case 404:
            return { title: s.not_found, what: s.not_found_what };
        case 429:
            return { title: s.broken, what: s.busy };
        case 503:
            return { title: s.unreachable, what: s.unreachable_what };
        case 507:
            return { title: s.broken, what: s.no_space };
        default:
            return { title: s.broken, what: s.broken_what };
    }
}

export function Failed(props: { problem: Problem; again: () => void }): JSX.Element {
    const { t } = use_desk();
    const words = words_of(props.problem, t);
    const final = props.problem.status === 403 || props.problem.status === 404;
    return (
        <Page title={words.title} narrow>
            <p class="lead">{words.what}</p>
            <div class="actions">
                {final ? null : (
                    <Button look="primary" onClick={props.again}>
                        {t.states.again}
                    </Button>
                )}
                <a class="button" href={href.dossiers()}>
                    {t.states.back_to_dossiers}
                </a>
            </div>
        </Page>
    );
}

export function NotFound(): JSX.Element {
    const { t } = use_desk();
    return (
        <Page title={t.states.not_found} narrow>
            <p class="lead">{t.states.not_found_what}</p>
            <a class="button" href={href.dossiers()}>
                {t.states.back_to_dossiers}
            </a>
        </Page>
    );
}

// The page of a loaded value. While it loads, nothing for 400 ms and then a sentence.
export function Loaded<T>(props: { load: Load<T>; again: () => void; children: (value: T) => ComponentChildren }): JSX.Element {
    const { t } = use_desk();
    const { load } = props;
    if (load.state === "failed") {
        return <Failed problem={load.problem} again={props.again} />;
    }
    if (load.state === "loading") {
        return (
            <p role="status" class="waiting">
                {load.slow ? t.states.wait : ""}
            </p>
        );
    }
    return <>{props.children(load.value)}</>;
}

// A refusal of something that was sent; it stands above the form and interrupts, for the work stopped here.
export function SendFailed(props: { problem: Problem | null }): JSX.Element | null {
    const { t } = use_desk();
    if (!props.problem || props.problem.status === 401) {
        return null;
    }
    const rejected = props.problem.status === 400 || props.problem.status === 422;
    const words = words_of(props.problem, t);
    return (
        <Alert tone="negative" title={words.title} urgent>
            <p>{rejected ? t.form.rejected : words.what}</p>
        </Alert>
    );
}
