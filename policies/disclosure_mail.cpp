// Mails: one table a mail, a row a language. "%1" is the case number, "%2" the link or the console, "%3" the deadline.
#include "policies/disclosure.hpp"

namespace policies {

namespace {

struct Words {
    const char* language;
    const char* subject;
    const char* body;
};

const Words& pick(const Words (&table)[4], std::string_view language) {
    for (const auto& words : table) {
        if (language == words.language) {
            return words;
        }
    }
    return table[0];
}

std::string fill(std::string_view text, std::string_view first, std::string_view second = {}, std::string_view third = {}) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 1 < text.size() && text[at + 1] >= '1' && text[at + 1] <= '3') {
            ++at;
            out += text[at] == '1' ? first : text[at] == '2' ? second : third;
        } else {
            out += text[at];
        }
    }
    return out;
}

constexpr Words arrival[] = {
    {"nl", "%1", "Er is een stuk toegekomen in dossier %1.\n\nU vindt het dossier hier, na aanmelden:\n%2\n"},
    {"fr", "%1", "Une pièce est arrivée dans le dossier %1.\n\nVous trouvez le dossier ici, après connexion :\n%2\n"},
    {"de", "%1", "Im Dossier %1 ist ein Dokument eingegangen.\n\nSie finden das Dossier hier, nach der Anmeldung:\n%2\n"},
    {"en", "%1", "A document has arrived in case %1.\n\nYou find the case here, after signing in:\n%2\n"},
};

constexpr Words withdrawal_handler[] = {
    {"nl",
     "%1",
     "In dossier %1 is een toestemming ingetrokken of verlopen. De aanvraag die erop steunde, is gestopt.\n\nU vindt het dossier hier, na "
     "aanmelden:\n%2\n"},
    {"fr",
     "%1",
     "Dans le dossier %1, un consentement a été retiré ou a expiré. La demande qui en dépendait est arrêtée.\n\nVous trouvez le dossier "
     "ici, après connexion :\n%2\n"},
    {"de",
     "%1",
     "Im Dossier %1 wurde eine Einwilligung widerrufen oder ist abgelaufen. Die darauf beruhende Anfrage ist gestoppt.\n\nSie finden das "
     "Dossier "
     "hier, nach der Anmeldung:\n%2\n"},
    {"en",
     "%1",
     "In case %1 a consent was withdrawn or has expired. The request that relied on it has stopped.\n\nYou find the case here, after "
     "signing in:\n%2\n"},
};

constexpr Words attention[] = {
    {"nl", "%1", "Een stuk in dossier %1 is niet opgenomen en vraagt uw aandacht.\n\nU vindt het dossier hier, na aanmelden:\n%2\n"},
    {"fr",
     "%1",
     "Une pièce du dossier %1 n'a pas été classée et demande votre attention.\n\nVous trouvez le dossier ici, après "
     "connexion :\n%2\n"},
    {"de",
     "%1",
     "Ein Dokument im Dossier %1 wurde nicht abgelegt und braucht Ihre Aufmerksamkeit.\n\nSie finden das Dossier hier, nach "
     "der Anmeldung:\n%2\n"},
    {"en", "%1", "A document in case %1 was not filed and needs your attention.\n\nYou find the case here, after signing in:\n%2\n"},
};

constexpr Words invitation[] = {
    {"nl",
     "%1",
     "Goeiedag,\n\nWij vragen u stukken te bezorgen voor dossier %1, ten laatste op %3.\n\nOpen deze link. Hij is persoonlijk: "
     "geef hem niet door.\n%2\n\nUw bestanden worden op uw eigen toestel versleuteld. U hebt geen account nodig.\n"},
    {"fr",
     "%1",
     "Bonjour,\n\nNous vous demandons de remettre des pièces pour le dossier %1, au plus tard le %3.\n\nOuvrez ce lien. Il est "
     "personnel : ne le transmettez pas.\n%2\n\nVos fichiers sont chiffrés sur votre propre appareil. Aucun compte n'est "
     "nécessaire.\n"},
    {"de",
     "%1",
     "Guten Tag,\n\nwir bitten Sie um Dokumente für das Dossier %1, spätestens am %3.\n\nÖffnen Sie diesen Link. Er ist "
     "persönlich: Geben Sie ihn nicht weiter.\n%2\n\nIhre Dateien werden auf Ihrem eigenen Gerät verschlüsselt. Sie brauchen "
     "kein Konto.\n"},
    {"en",
     "%1",
     "Hello,\n\nWe ask you to hand in documents for case %1, by %3 at the latest.\n\nOpen this link. It is personal: do not "
     "pass it on.\n%2\n\nYour files are encrypted on your own device. You need no account.\n"},
};

constexpr Words withdrawal_uploader[] = {
    {"nl",
     "%1",
     "Goeiedag,\n\nDe vraag om stukken voor dossier %1 is ingetrokken. U hoeft niets meer te bezorgen. Wat u al doorstuurde en "
     "nog niet in behandeling was, wordt niet geopend en wordt gewist.\n"},
    {"fr",
     "%1",
     "Bonjour,\n\nLa demande de pièces pour le dossier %1 est retirée. Vous ne devez plus rien remettre. Ce que vous avez déjà "
     "envoyé et qui n'était pas encore traité n'est pas ouvert et sera effacé.\n"},
    {"de",
     "%1",
     "Guten Tag,\n\ndie Anfrage zum Dossier %1 wurde zurückgezogen. Sie müssen nichts mehr einreichen. Was Sie bereits gesendet "
     "haben und noch nicht bearbeitet war, wird nicht geöffnet und wird gelöscht.\n"},
    {"en",
     "%1",
     "Hello,\n\nThe request for documents in case %1 was withdrawn. You need not hand in anything more. What you already sent "
     "and was not yet being handled is not opened and will be deleted.\n"},
};

constexpr Words redo[] = {
    {"nl",
     "%1",
     "Goeiedag,\n\nEen stuk dat u bezorgde voor dossier %1 kon niet worden gebruikt. Open uw link opnieuw: daar leest u waarom "
     "en kunt u het stuk opnieuw bezorgen.\n"},
    {"fr",
     "%1",
     "Bonjour,\n\nUne pièce que vous avez remise pour le dossier %1 n'a pas pu être utilisée. Ouvrez à nouveau votre lien : vous "
     "y lirez pourquoi et pourrez remettre la pièce à nouveau.\n"},
    {"de",
     "%1",
     "Guten Tag,\n\nein Dokument, das Sie zum Dossier %1 eingereicht haben, war nicht verwendbar. Öffnen Sie Ihren Link noch "
     "einmal: Dort lesen Sie den Grund und können das Dokument erneut einreichen.\n"},
    {"en",
     "%1",
     "Hello,\n\nA document you handed in for case %1 could not be used. Open your link again: there you read why, and you can "
     "hand in the document anew.\n"},
};

// "2026-12-08" as the reader writes dates: day first everywhere but in ISO.
std::string day_of(Instant instant, std::string_view language) {
    const std::string text = instant.text();
    const char separator = language == "de" ? '.' : '/';
    return text.substr(8, 2) + separator + text.substr(5, 2) + separator + text.substr(0, 4);
}

MailText mail(const Words (&table)[4], std::string_view language, std::string_view case_number, std::string_view link = {}) {
    const Words& words = pick(table, language);
    return {fill(words.subject, case_number), fill(words.body, case_number, link)};
}

}  // namespace

MailText arrival_mail(std::string_view language, std::string_view case_number, std::string_view console_url) {
    return mail(arrival, language, case_number, console_url);
}

MailText withdrawal_mail_to_handler(std::string_view language, std::string_view case_number, std::string_view console_url) {
    return mail(withdrawal_handler, language, case_number, console_url);
}

MailText attention_mail(std::string_view language, std::string_view case_number, std::string_view console_url) {
    return mail(attention, language, case_number, console_url);
}

MailText invitation_mail(std::string_view language, std::string_view case_number, std::string_view link, Instant deadline) {
    const Words& words = pick(invitation, language);
    return {fill(words.subject, case_number), fill(words.body, case_number, link, day_of(deadline, language))};
}

MailText withdrawal_mail_to_uploader(std::string_view language, std::string_view case_number) {
    return mail(withdrawal_uploader, language, case_number);
}

MailText redo_mail(std::string_view language, std::string_view case_number) {
    return mail(redo, language, case_number);
}

}  // namespace policies
