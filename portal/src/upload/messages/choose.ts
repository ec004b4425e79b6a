import type { Language } from "../../shared/language.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { fr } from "./fr.ts";
import type { Messages } from "./messages.ts";
import { nl } from "./nl.ts";

export const all_messages: Readonly<Record<Language, Messages>> = { nl, fr, de, en };
