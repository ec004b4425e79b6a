// The invitation as core will mail it, for the preview: the case number, the last day, the link. Its wording is policies/disclosure_mail.cpp;
// a test holds the two together. Nothing about a person may ever come in here.

import type { Language } from "../shared/language.ts";

export interface MailPreview {
    subject: string;
    paragraphs: string[];
}

const texts: Record<Language, (number: string, day: string, link: string) => string[]> = {
    nl: (number, day, link) => [
        "Goeiedag,",
        `Wij vragen u stukken te bezorgen voor dossier ${number}, ten laatste op ${day}.`,
        `Open deze link. Hij is persoonlijk: geef hem niet door.\n${link}`,
        "Uw bestanden worden op uw eigen toestel versleuteld. U hebt geen account nodig.",
    ],
    fr: (number, day, link) => [
        "Bonjour,",
        `Nous vous demandons de remettre des pièces pour le dossier ${number}, au plus tard le ${day}.`,
        `Ouvrez ce lien. Il est personnel : ne le transmettez pas.\n${link}`,
        "Vos fichiers sont chiffrés sur votre propre appareil. Aucun compte n'est nécessaire.",
    ],
    de: (number, day, link) => [
        "Guten Tag,",
        `wir bitten Sie um Dokumente für das Dossier ${number}, spätestens am ${day}.`,
        `Öffnen Sie diesen Link. Er ist persönlich: Geben Sie ihn nicht weiter.\n${link}`,
        "Ihre Dateien werden auf Ihrem eigenen Gerät verschlüsselt. Sie brauchen kein Konto.",
    ],
    en: (number, day, link) => [
        "Hello,",
        `We ask you to hand in documents for case ${number}, by ${day} at the latest.`,
        `Open this link. It is personal: do not pass it on.\n${link}`,
        "Your files are encrypted on your own device. You need no account.",
    ],
};

// `day` is "2026-12-24".
export function preview_mail(language: Language, case_number: string, day: string, link: string): MailPreview {
    const separator = language === "de" ? "." : "/";
    const written = day.split("-").reverse().join(separator);
    return { subject: case_number, paragraphs: texts[language](case_number, written, link) };
}
