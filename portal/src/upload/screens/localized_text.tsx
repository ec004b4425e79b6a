// A text from the case type, marked with the language it is really in.

import type { JSX } from "preact";
import { pick, type Localized } from "../../shared/language.ts";
import { use_speech } from "../context.ts";

export function LocalizedText(props: { text: Localized }): JSX.Element | null {
    const { language } = use_speech();
    const found = pick(props.text, language);
    return found.text === "" ? null : <span lang={found.lang === language ? undefined : found.lang}>{found.text}</span>;
}
