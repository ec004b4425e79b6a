// The privacy page: plain HTML in four languages, so that it needs no script. What differs per organisation (who, how long, which law)
// is in the envelope of each request and shown there.

const languages = [
    {
        code: "nl",
        name: "Nederlands",
        title: "Privacy",
        parts: [
            [
                "Wat wij verwerken",
                "U stuurt documenten op vraag van een dienst. Uw browser versleutelt elk bestand voor het vertrekt, ook de naam van het bestand. De uploadserver aan de buitenkant heeft geen sleutel: hij ziet alleen hoeveel bestanden u stuurt, hoe groot ze zijn en wanneer.",
            ],
            [
                "Wie ze opent",
                "Een beveiligde computer van de dienst haalt de bestanden op, controleert ze en legt ze in het dossier. Wie een document daarna opent, wordt genoteerd in een logboek dat niet ongemerkt kan veranderen.",
            ],
            [
                "Toestemming en grond",
                "Op de pagina van uw link staat waarom de dienst het document vraagt, op welke grond, en of er een toestemming is. Wordt een toestemming ingetrokken, dan worden documenten die nog niet verwerkt zijn niet meer geopend.",
            ],
            [
                "Wat wij niet doen",
                "Geen cookies, geen volgsystemen, geen bestanden van andere bedrijven op deze pagina's. Uw netwerkadres wordt niet bewaard.",
            ],
            [
                "Wat wij niet kunnen",
                "Wij beschermen niet tegen een besmet toestel. En uw browser vertrouwt de pagina die onze server geeft: wie dat niet wil, kan het opdrachtregelprogramma sluis gebruiken.",
            ],
            [
                "Uw rechten",
                "U kunt vragen wat er van u verwerkt wordt, en het laten verbeteren of wissen waar de wet dat toelaat. Richt u tot de dienst die u schreef, of tot haar functionaris voor gegevensbescherming.",
            ],
        ],
    },
    {
        code: "fr",
        name: "Français",
        title: "Vie privée",
        parts: [
            [
                "Ce que nous traitons",
                "Vous envoyez des documents à la demande d'un service. Votre navigateur chiffre chaque fichier avant l'envoi, y compris son nom. Le serveur de réception n'a pas de clé : il voit seulement combien de fichiers vous envoyez, leur taille et quand.",
            ],
            [
                "Qui les ouvre",
                "Un ordinateur sécurisé du service récupère les fichiers, les contrôle et les met dans le dossier. Toute consultation est ensuite notée dans un journal qui ne peut pas être modifié sans que cela se voie.",
            ],
            [
                "Accord et base",
                "La page de votre lien indique pourquoi le service demande le document, sur quelle base, et s'il existe un accord. Si l'accord est retiré, les documents pas encore traités ne sont plus ouverts.",
            ],
            [
                "Ce que nous ne faisons pas",
                "Pas de cookies, pas de suivi, rien d'autres entreprises sur ces pages. Votre adresse réseau n'est pas conservée.",
            ],
            [
                "Ce que nous ne pouvons pas",
                "Nous ne protégeons pas contre un appareil infecté. Et votre navigateur fait confiance à la page que donne notre serveur : qui ne le veut pas peut utiliser le programme en ligne de commande sluis.",
            ],
            [
                "Vos droits",
                "Vous pouvez demander ce qui est traité à votre sujet, et le faire corriger ou effacer là où la loi le permet. Adressez-vous au service qui vous a écrit, ou à son délégué à la protection des données.",
            ],
        ],
    },
    {
        code: "de",
        name: "Deutsch",
        title: "Datenschutz",
        parts: [
            [
                "Was wir verarbeiten",
                "Sie senden Dokumente auf Bitte einer Stelle. Ihr Browser verschlüsselt jede Datei vor dem Senden, auch ihren Namen. Der Upload-Server hat keinen Schlüssel: er sieht nur, wie viele Dateien Sie senden, wie groß sie sind und wann.",
            ],
            [
                "Wer sie öffnet",
                "Ein gesicherter Rechner der Stelle holt die Dateien, prüft sie und legt sie in die Akte. Wer ein Dokument danach öffnet, wird in einem Protokoll vermerkt, das sich nicht unbemerkt ändern lässt.",
            ],
            [
                "Zustimmung und Grundlage",
                "Auf der Seite Ihres Links steht, warum die Stelle das Dokument braucht, auf welcher Grundlage, und ob es eine Zustimmung gibt. Wird sie zurückgezogen, werden noch nicht verarbeitete Dokumente nicht mehr geöffnet.",
            ],
            [
                "Was wir nicht tun",
                "Keine Cookies, keine Nachverfolgung, nichts von anderen Firmen auf diesen Seiten. Ihre Netzadresse wird nicht gespeichert.",
            ],
            [
                "Was wir nicht können",
                "Wir schützen nicht vor einem befallenen Gerät. Und Ihr Browser vertraut der Seite, die unser Server gibt: wer das nicht will, kann das Befehlszeilenprogramm sluis benutzen.",
            ],
            [
                "Ihre Rechte",
                "Sie können erfragen, was über Sie verarbeitet wird, und es berichtigen oder löschen lassen, wo das Gesetz es erlaubt. Wenden Sie sich an die Stelle, die Ihnen schrieb, oder an ihre Datenschutzbeauftragten.",
            ],
        ],
    },
    {
        code: "en",
        name: "English",
        title: "Privacy",
        parts: [
            [
                "What we process",
                "You send documents because a service asked for them. Your browser encrypts each file before it leaves, its name too. The upload server on the outside has no key: it sees only how many files you send, how big they are and when.",
            ],
            [
                "Who opens them",
                "A secured computer of the service fetches the files, checks them and puts them in the case. Whoever opens a document afterwards is recorded in a log that cannot be changed unnoticed.",
            ],
            [
                "Permission and basis",
                "The page of your link says why the service asks for the document, on which basis, and whether there is a permission. When a permission is withdrawn, documents that were not processed yet are not opened any more.",
            ],
            ["What we do not do", "No cookies, no tracking, nothing of other companies on these pages. Your network address is not kept."],
            [
                "What we cannot do",
                "We do not protect against an infected device. And your browser trusts the page that our server gives: who does not want that can use the command line program sluis.",
            ],
            [
                "Your rights",
                "You can ask what is processed about you, and have it corrected or erased where the law allows. Write to the service that wrote to you, or to its data protection officer.",
            ],
        ],
    },
];

function section(language) {
    const parts = language.parts.map(([title, text]) => `<h2>${title}</h2>\n<p>${text}</p>`).join("\n");
    return `<section id="${language.code}" lang="${language.code}">\n<h1>${language.title}</h1>\n${parts}\n</section>`;
}

export function privacy_page(head) {
    const links = languages.map(({ code, name }) => `<a href="#${code}" lang="${code}">${name}</a>`).join("\n");
    return `<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Privacy</title>
${head}
</head>
<body>
<div class="shell">
<header class="shell-header"><nav class="shell-bar" aria-label="Taal / Langue / Sprache / Language">
${links}
</nav></header>
<main class="shell-main privacy">
${languages.map(section).join("\n")}
</main>
</div>
</body>
</html>
`;
}
