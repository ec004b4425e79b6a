// The messages of a language, and which language the reader chose last. Dutch comes first; the choice is kept on this device.

import { is_language, type Language } from "../../shared/language.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { fr } from "./fr.ts";
import { nl, type Messages } from "./nl.ts";

export type { Messages } from "./nl.ts";

const all: Record<Language, Messages> = { nl, fr, de, en };
const key = "sluis.language";

export function messages_in(language: Language): Messages {
    return all[language];
}

// Storage may be closed to us: then the choice lasts as long as the page.
export function chosen_language(): Language {
    try {
        const kept = window.localStorage.getItem(key);
        return is_language(kept) ? kept : "nl";
    } catch {
        return "nl";
    }
}

export function keep_language(language: Language): void {
    try {
        window.localStorage.setItem(key, language);
    } catch {
        // see above
    }
}

// The word for a state or role; the code itself when there is no word for it.
export function word(words: Readonly<Record<string, string>>, code: string): string {
    return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
