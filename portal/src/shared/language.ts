// The four languages, and texts that come from the server in some of them.

export type Language = "nl" | "fr" | "de" | "en";

export const languages: readonly Language[] = ["nl", "fr", "de", "en"];

export const language_names: Record<Language, string> = { nl: "Nederlands", fr: "Français", de: "Deutsch", en: "English" };

// A text as case types and envelopes carry it: at least one language, usually Dutch.
export type Localized = Readonly<Record<string, string>>;

export function is_language(text: string | null | undefined): text is Language {
    return languages.some((known) => known === text);
}

// The text in the wanted language, else Dutch, else whatever there is, with the language it really is in (for `lang`).
export function pick(text: Localized | null | undefined, wanted: Language): { text: string; lang: string } {
    if (text) {
        for (const language of [wanted, "nl", ...Object.keys(text)]) {
            const found = text[language];
            if (found) {
                return { text: found, lang: language };
            }
        }
    }
    return { text: "", lang: wanted };
}

// What the browser prefers, among ours.
export function preferred_language(wanted: readonly string[]): Language {
    for (const tag of wanted) {
        const start = tag.slice(0, 2).toLowerCase();
        if (is_language(start)) {
            return start;
        }
    }
    return "nl";
}
