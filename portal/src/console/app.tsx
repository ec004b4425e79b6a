// The console: the frame around its pages, who is signed in, and which page the address asks for.

import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";

import { use_document_language } from "../shared/focus.ts";
import { language_names, languages, type Language } from "../shared/language.ts";
import { Button, Shell, Status } from "../shared/ui.tsx";
import { api, as_problem } from "./api.ts";
import { DeskContext, is, type Desk } from "./desk.ts";
import { drafts_belong_to, forget_all_drafts } from "./drafts.ts";
import { IdleGuard } from "./idle.tsx";
import { use_inbox, type Inbox } from "./inbox_poll.ts";
import { chosen_language, keep_language, messages_in, word, type Messages } from "./messages/choose.ts";
import type { Account } from "./model.ts";
import { NotFound, words_of } from "./parts/states.tsx";
import { CurrentPage } from "./pages/current.tsx";
import { SignIn, type Arrival } from "./pages/sign_in.tsx";
import { href, parse_route, type Route } from "./routes.ts";

type Session =
    | { state: "asking" }
    | { state: "unreachable"; words: { title: string; what: string } }
    | { state: "out"; arrival: Arrival }
    | { state: "in"; account: Account };

function use_route(): { route: Route; address: string } {
    const [address, set_address] = useState(window.location.hash);
    useEffect(() => {
        const changed = (): void => set_address(window.location.hash);
        window.addEventListener("hashchange", changed);
        return () => window.removeEventListener("hashchange", changed);
    }, []);
    return { route: useMemo(() => parse_route(address), [address]), address };
}

export function App(): JSX.Element {
    const [language, set_language] = useState<Language>(chosen_language);
    const [session, set_session] = useState<Session>({ state: "asking" });
    const [said, set_said] = useState("");
    const t = messages_in(language);
    use_document_language(language);

    const ask_who = useCallback(() => {
        set_session({ state: "asking" });
        api.who_am_i()
            .then(enter)
            .catch((fault: unknown) => {
                const problem = as_problem(fault);
                const words = words_of(problem, messages_in(chosen_language()));
                set_session(problem.status === 401 ? { state: "out", arrival: "first" } : { state: "unreachable", words });
            });
    }, []);
    useEffect(ask_who, [ask_who]);

    const enter = (account: Account): void => {
        drafts_belong_to(account.user);
        set_session({ state: "in", account });
    };
    const session_ended = useCallback(() => {
        set_session((before) => (before.state === "in" ? { state: "out", arrival: "over" } : before));
    }, []);
    const sign_out = (arrival: Arrival): void => {
        if (arrival === "out") {
            forget_all_drafts();
            window.location.replace(href.start); // the next person starts at the start
        }
        set_said("");
        set_session({ state: "out", arrival });
        // The cookie may be gone already; there is nothing the reader could do about a failure but close the page.
        api.sign_out().catch(() => undefined);
    };
    const choose = (chosen: Language): void => {
        keep_language(chosen);
        set_language(chosen);
    };

    const inbox = use_inbox(session.state === "in", session_ended);
    useEffect(() => {
        if (inbox.turn > 0) {
            set_said(t.inbox.fresh(inbox.fresh));
        }
    }, [inbox.turn]);

    const account = session.state === "in" ? session.account : null;
    const { route } = use_route();
    return (
        <Shell
            organisation={t.product}
            service={t.service}
            home={href.start}
            skip={t.skip}
            wide
            aside={account ? <AccountMenu account={account} t={t} sign_out={() => sign_out("out")} /> : null}
            nav={account ? <Menu account={account} t={t} route={route} inbox={inbox} /> : null}
            footer={<Languages t={t} language={language} choose={choose} />}
        >
            <Status text={said} />
            {session.state === "asking" ? <p class="waiting" /> : null}
            {session.state === "unreachable" ? (
                <div class="page page-narrow">
                    <h1>{session.words.title}</h1>
                    <p class="lead">{session.words.what}</p>
                    <Button look="primary" onClick={ask_who}>
                        {t.states.again}
                    </Button>
                </div>
            ) : null}
            {session.state === "out" ? <SignIn t={t} arrival={session.arrival} signed_in={enter} /> : null}
            {account ? (
                <>
                    <SignedIn account={account} language={language} t={t} session_ended={session_ended} say={set_said} route={route} inbox={inbox} />
                    <IdleGuard t={t} sign_out={() => sign_out("over")} />
                </>
            ) : null}
        </Shell>
    );
}

function SignedIn(props: Omit<Desk, "say"> & { say: (text: string) => void; route: Route; inbox: Inbox }): JSX.Element {
    const { account, language, t, session_ended, say, route, inbox } = props;
    const desk = useMemo<Desk>(() => ({ account, language, t, session_ended, say }), [account, language, t, session_ended, say]);
    return (
        <DeskContext.Provider value={desk}>
            {route.page === "unknown" ? <NotFound /> : <CurrentPage route={route} inbox={inbox} />}
        </DeskContext.Provider>
    );
}

function Menu(props: { account: Account; t: Messages; route: Route; inbox: Inbox }): JSX.Element {
    const { t, route } = props;
    const open = props.inbox.notices?.filter((notice) => !notice.done).length ?? 0;
    const reads = is(props.account, "advising-doctor");
    const sees = reads || is(props.account, "handler") || is(props.account, "dpo"); // an operator sees no dossiers
    const at_inbox = route.page === "inbox" || (route.page === "start" && !reads);
    const at_reading = route.page === "reading" || (route.page === "start" && reads);
    const at_dossiers = !at_inbox && !at_reading && route.page !== "unknown";
    const here = (yes: boolean): "page" | undefined => (yes ? "page" : undefined);
    return (
        <nav class="menu" aria-label={t.menu}>
            {reads ? (
                <a href={href.reading} aria-current={here(at_reading)}>
                    {t.nav.reading}
                </a>
            ) : null}
            <a href={href.inbox} aria-current={here(at_inbox)}>
                {t.nav.inbox}
                {open > 0 ? (
                    <span class="count">
                        <span aria-hidden="true">{open}</span>
                        <span class="visually-hidden">{`, ${t.nav.inbox_count(open)}`}</span>
                    </span>
                ) : null}
            </a>
            {sees ? (
                <a href={href.dossiers()} aria-current={here(at_dossiers)}>
                    {t.nav.dossiers}
                </a>
            ) : null}
        </nav>
    );
}

function AccountMenu(props: { account: Account; t: Messages; sign_out: () => void }): JSX.Element {
    const { account, t } = props;
    return (
        <>
            <span class="account">
                <strong>{account.name}</strong>
                <span class="soft">{account.roles.map((role) => word(t.words.roles, role)).join(", ")}</span>
            </span>
            <Button look="quiet" onClick={props.sign_out}>
                {t.account.sign_out}
            </Button>
        </>
    );
}

function Languages(props: { t: Messages; language: Language; choose: (language: Language) => void }): JSX.Element {
    return (
        <div class="languages" role="group" aria-label={props.t.language}>
            {languages.map((language) => (
                <button
                    key={language}
                    type="button"
                    class="language"
                    lang={language}
                    aria-pressed={language === props.language ? "true" : "false"}
                    onClick={() => props.choose(language)}
                >
                    {language_names[language]}
                </button>
            ))}
        </div>
    );
}
