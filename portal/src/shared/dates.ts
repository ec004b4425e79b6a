// Times and sizes as people read them. Times on the wire are RFC 3339 in UTC; people see the time of their own device.

import type { Language } from "./language.ts";

const locales: Record<Language, string> = { nl: "nl-BE", fr: "fr-BE", de: "de-BE", en: "en-GB" };

function written(iso: string | null | undefined, language: Language, options: Intl.DateTimeFormatOptions): string {
    const time = iso ? new Date(iso) : null;
    return time && !Number.isNaN(time.getTime()) ? new Intl.DateTimeFormat(locales[language], options).format(time) : "";
}

// "24 november 2026"; empty when there is no time.
export function format_date(iso: string | null | undefined, language: Language): string {
    return written(iso, language, { day: "numeric", month: "long", year: "numeric" });
}

// "24 nov 2026"
export function format_date_short(iso: string | null | undefined, language: Language): string {
    return written(iso, language, { day: "numeric", month: "short", year: "numeric" });
}

// "24 november 2026 om 14:02"
export function format_date_time(iso: string | null | undefined, language: Language): string {
    return written(iso, language, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
}

// Whole days from now until then, rounded up; negative when it is past.
export function days_until(iso: string, now: number): number {
    return Math.ceil((new Date(iso).getTime() - now) / 86_400_000);
}

// "12 kB", "3,4 MB": decimal units, as phones and file managers show them.
export function format_size(bytes: number, language: Language): string {
    const units = language === "fr" ? ["octets", "ko", "Mo", "Go"] : ["bytes", "kB", "MB", "GB"];
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
    }
    const digits = unit === 0 || value >= 100 ? 0 : 1;
    const number = new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits }).format(value);
    return `${number} ${units[unit] ?? ""}`;
}
