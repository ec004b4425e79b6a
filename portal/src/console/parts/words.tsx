// Small pieces of text: a text from the server with the language it is really in, a day, a moment, a deadline.

import type { JSX } from "preact";

import { format_date, format_date_short, format_date_time } from "../../shared/dates.ts";
import { pick, type Localized } from "../../shared/language.ts";
import { use_desk } from "../desk.ts";

export function Said(props: { words: Localized }): JSX.Element {
    const { language } = use_desk();
    const said = pick(props.words, language);
    return said.lang === language ? <>{said.text}</> : <span lang={said.lang}>{said.text}</span>;
}

export function Day(props: { at: string | null; short?: boolean }): JSX.Element | null {
    const { language } = use_desk();
    const text = props.short ? format_date_short(props.at, language) : format_date(props.at, language);
    return props.at && text ? <time dateTime={props.at}>{text}</time> : null;
}

export function Moment(props: { at: string }): JSX.Element {
    const { language } = use_desk();
    return <time dateTime={props.at}>{format_date_time(props.at, language)}</time>;
}

const soon_days = 7;

// The day, and how long that is. `open`: something is still missing, so being late matters.
export function Deadline(props: { at: string | null; open: boolean; now: number }): JSX.Element {
    const { t } = use_desk();
    if (!props.at) {
        return <span class="soft">{t.dossiers.no_deadline}</span>;
    }
    const days = calendar_days(props.at, props.now);
    const look = !props.open ? "soft" : days < 0 ? "late" : days <= soon_days ? "soon" : "soft";
    return (
        <span class="deadline">
            <Day at={props.at} short />
            {props.open ? <span class={look}>{t.dossiers.days(days)}</span> : null}
        </span>
    );
}

// "Today" is the same day, however few hours are left. Rounded, for a day may have 23 or 25 hours.
export function calendar_days(at: string, now: number): number {
    const midnight = (moment: Date): number => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
    return Math.round((midnight(new Date(at)) - midnight(new Date(now))) / 86_400_000);
}
