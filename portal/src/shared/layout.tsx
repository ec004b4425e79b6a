// The frame of a page and the quiet parts on it: shell, card, alert, badge, status line, table, list of facts, progress.

import type { ComponentChildren, JSX } from "preact";

export type Tone = "neutral" | "positive" | "warning" | "negative" | "active";

// Skip link, header with the organisation, main, footer. `aside` stands at the right end of the header (language, account).
export function Shell(props: {
    organisation: string;
    service?: string;
    home?: string;
    skip: string;
    aside?: ComponentChildren;
    nav?: ComponentChildren;
    footer?: ComponentChildren;
    wide?: boolean;
    children: ComponentChildren;
}): JSX.Element {
    const name = (
        <>
            <LockMark />
            <span class="shell-name">
                <strong>{props.organisation}</strong>
                {props.service ? <span class="shell-service">{props.service}</span> : null}
            </span>
        </>
    );
    return (
        <div class={props.wide ? "shell shell-wide" : "shell"}>
            <a class="skip-link" href="#main" onClick={skip_to_main}>
                {props.skip}
            </a>
            <header class="shell-header">
                <div class="shell-bar">
                    {props.home ? (
                        <a class="shell-brand" href={props.home}>
                            {name}
                        </a>
                    ) : (
                        <div class="shell-brand">{name}</div>
                    )}
                    {props.aside ? <div class="shell-aside">{props.aside}</div> : null}
                </div>
                {props.nav ? <div class="shell-nav">{props.nav}</div> : null}
            </header>
            <main id="main" class="shell-main" tabIndex={-1}>
                {props.children}
            </main>
            {props.footer ? (
                <footer class="shell-footer">
                    <div class="shell-bar">{props.footer}</div>
                </footer>
            ) : null}
        </div>
    );
}

// The fragment of the address is the link's secret, or the console's route: the skip link must not replace it.
function skip_to_main(event: Event): void {
    event.preventDefault();
    document.getElementById("main")?.focus();
}

// Two lock gates, seen from above.
export function LockMark(): JSX.Element {
    return (
        <svg class="lock-mark" viewBox="0 0 32 32" width="36" height="36" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="7" class="lock-mark-ground" />
            <path d="M6 8 14.5 16 6 24M26 8 17.5 16 26 24" class="lock-mark-gates" />
        </svg>
    );
}

export function Card(props: { title?: ComponentChildren; id?: string; tone?: Tone; children: ComponentChildren }): JSX.Element {
    return (
        <section
            class={`card card-${props.tone ?? "neutral"}`}
            id={props.id}
            aria-labelledby={props.title && props.id ? `${props.id}-title` : undefined}
        >
            {props.title ? (
                <h2 class="card-title" id={props.id ? `${props.id}-title` : undefined}>
                    {props.title}
                </h2>
            ) : null}
            {props.children}
        </section>
    );
}

const alert_signs: Record<Tone, string> = { neutral: "i", positive: "✓", warning: "!", negative: "!", active: "i" };

// `urgent` interrupts a screen reader; use it for what stops the reader's work.
export function Alert(props: { tone: Tone; title?: ComponentChildren; urgent?: boolean; children?: ComponentChildren }): JSX.Element {
    return (
        <div class={`alert alert-${props.tone}`} role={props.urgent ? "alert" : undefined}>
            <span class="alert-sign" aria-hidden="true">
                {alert_signs[props.tone]}
            </span>
            <div class="alert-body">
                {props.title ? <p class="alert-title">{props.title}</p> : null}
                {props.children}
            </div>
        </div>
    );
}

export function Badge(props: { tone: Tone; children: ComponentChildren }): JSX.Element {
    return <span class={`badge badge-${props.tone}`}>{props.children}</span>;
}

// The one polite live region of a page. Keep it mounted and change its text: a region that appears with its text is often not read.
export function Status(props: { text: string; visible?: boolean }): JSX.Element {
    return (
        <p role="status" class={props.visible ? "status" : "visually-hidden"}>
            {props.text}
        </p>
    );
}

export interface Column<Row> {
    key: string;
    title: string;
    cell: (row: Row) => ComponentChildren;
    header?: boolean; // this cell names its row
    numeric?: boolean;
}

// On a narrow screen every row becomes a card and each cell shows its column's title.
export function Table<Row>(props: {
    caption: string;
    columns: readonly Column<Row>[];
    rows: readonly Row[];
    row_key: (row: Row) => string;
    empty: ComponentChildren;
}): JSX.Element {
    if (props.rows.length === 0) {
        return <p class="empty">{props.empty}</p>;
    }
    const cells = (row: Row) =>
        props.columns.map((column) => {
            const name = column.numeric ? "numeric" : undefined;
            const content = <span class="cell">{column.cell(row)}</span>;
            return column.header ? (
                <th scope="row" key={column.key} class={name} data-title={column.title}>
                    {content}
                </th>
            ) : (
                <td key={column.key} class={name} data-title={column.title}>
                    {content}
                </td>
            );
        });
    return (
        <table class="table">
            <caption>{props.caption}</caption>
            <thead>
                <tr>
                    {props.columns.map((column) => (
                        <th scope="col" key={column.key} class={column.numeric ? "numeric" : undefined}>
                            {column.title}
                        </th>
                    ))}
                </tr>
            </thead>
            <tbody>
                {props.rows.map((row) => (
                    <tr key={props.row_key(row)}>{cells(row)}</tr>
                ))}
            </tbody>
        </table>
    );
}

// Term and description pairs; a pair without a value is left out.
export function Facts(props: { facts: readonly (readonly [term: string, value: ComponentChildren])[] }): JSX.Element {
    return (
        <dl class="facts">
            {props.facts
                .filter(([, value]) => value !== null && value !== undefined && value !== "")
                .map(([term, value]) => (
                    <div class="fact" key={term}>
                        <dt>{term}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
        </dl>
    );
}

export function Progress(props: { value: number; max: number; label: string }): JSX.Element {
    return <progress class="progress" value={props.value} max={Math.max(1, props.max)} aria-label={props.label} />;
}
