// Days as forms have them ("2026-12-24", in the time of this device) and moments as the wire has them (RFC 3339 in UTC, whole seconds).

const two = (n: number): string => String(n).padStart(2, "0");

export function day_of(moment: Date): string {
    return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function day_after(now: Date, days: number): string {
    return day_of(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
}

function wire_text(moment: Date): string {
    return moment.toISOString().replace(/\.\d+Z$/, "Z");
}

function moment_of(day: string, hour: number, minute: number, second: number): string | null {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
    if (!match) {
        return null;
    }
    const moment = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]), hour, minute, second);
    return day_of(moment) === day ? wire_text(moment) : null; // 30 February is no day
}

// Null for what is no day.
export function start_of_day(day: string): string | null {
    return moment_of(day, 0, 0, 0);
}

export function end_of_day(day: string): string | null {
    return moment_of(day, 23, 59, 59);
}
