#include "policies/disclosure.hpp"

namespace policies {

namespace {

using Table = std::map<std::string, Texts, std::less<>>;

Texts four(const char* nl, const char* fr, const char* de, const char* en) {
    return {{"nl", nl}, {"fr", fr}, {"de", de}, {"en", en}};
}

const Table& notices() {
    static const Table table{
        {"document.filed",
         four("Een stuk is toegekomen.", "Une pièce est arrivée.", "Ein Dokument ist eingegangen.", "A document has arrived.")},
        {"document.refused",
         four("Een stuk is geweigerd.", "Une pièce a été refusée.", "Ein Dokument wurde abgelehnt.", "A document was refused.")},
        {"document.redo",
         four(
             "Een stuk moet opnieuw worden bezorgd.",
             "Une pièce doit être remise à nouveau.",
             "Ein Dokument muss erneut eingereicht werden.",
             "A document must be handed in again."
         )},
        {"document.quarantined",
         four(
             "Een stuk staat in quarantaine.",
             "Une pièce est en quarantaine.",
             "Ein Dokument ist in Quarantäne.",
             "A document is in quarantine."
         )},
        {"document.withdrawn",
         four(
             "Een stuk is niet geopend: de toestemming is ingetrokken of verlopen.",
             "Une pièce n'a pas été ouverte : le consentement est retiré ou a expiré.",
             "Ein Dokument wurde nicht geöffnet: Die Einwilligung wurde widerrufen oder ist abgelaufen.",
             "A document was not opened: the consent was withdrawn or has expired."
         )},
        {"consent.withdrawn",
         four(
             "Een toestemming is ingetrokken.",
             "Un consentement a été retiré.",
             "Eine Einwilligung wurde widerrufen.",
             "A consent was withdrawn."
         )},
        {"mail.undelivered",
         four(
             "Een e-mail raakt niet bezorgd. Kijk het e-mailadres na en verwittig de ontvanger op een andere manier.",
             "Un e-mail n'arrive pas. Vérifiez l'adresse et prévenez le destinataire autrement.",
             "Eine E-Mail kommt nicht an. Prüfen Sie die Adresse und verständigen Sie den Empfänger auf anderem Weg.",
             "An e-mail does not get through. Check the address and tell the recipient in another way."
         )},
    };
    return table;
}

const Table& verdicts() {
    static const Table table{
        {"refused",
         four(
             "Dit bestand kon niet worden aanvaard.",
             "Ce fichier n'a pas pu être accepté.",
             "Diese Datei konnte nicht angenommen werden.",
             "This file could not be accepted."
         )},
        {"consent-withdrawn",
         four(
             "De aanvraag is ingetrokken. Uw bestand is niet geopend en wordt gewist.",
             "La demande est retirée. Votre fichier n'a pas été ouvert et sera effacé.",
             "Die Anfrage wurde zurückgezogen. Ihre Datei wurde nicht geöffnet und wird gelöscht.",
             "The request was withdrawn. Your file was not opened and will be deleted."
         )},
        {"consent-expired",
         four(
             "De toestemming voor deze aanvraag is verlopen. Uw bestand is niet geopend en wordt gewist.",
             "Le consentement pour cette demande a expiré. Votre fichier n'a pas été ouvert et sera effacé.",
             "Die Einwilligung für diese Anfrage ist abgelaufen. Ihre Datei wurde nicht geöffnet und wird gelöscht.",
             "The consent for this request has expired. Your file was not opened and will be deleted."
         )},
        {"dossier-full",
         four(
             "In dit dossier kan niets meer bij. Neem contact op met de dienst die u de link gaf.",
             "Ce dossier est complet. Contactez le service qui vous a envoyé le lien.",
             "Diese Akte ist voll. Wenden Sie sich an die Stelle, die Ihnen den Link gab.",
             "This case is full. Please contact the office that sent you the link."
         )},
        {"damaged",
         four(
             "Het bestand is beschadigd aangekomen. Bezorg het opnieuw.",
             "Le fichier est arrivé endommagé. Remettez-le à nouveau.",
             "Die Datei ist beschädigt angekommen. Bitte reichen Sie sie erneut ein.",
             "The file arrived damaged. Please hand it in again."
         )},
        {"wrong-type",
         four(
             "Dit soort bestand wordt hier niet aanvaard. Bezorg het als PDF of foto.",
             "Ce type de fichier n'est pas accepté ici. Remettez-le en PDF ou en photo.",
             "Diese Dateiart wird hier nicht angenommen. Bitte als PDF oder Foto einreichen.",
             "This kind of file is not accepted here. Please hand it in as a PDF or a photo."
         )},
        {"wrong-request",
         four(
             "Dit bestand hoort niet bij deze aanvraag.",
             "Ce fichier n'appartient pas à cette demande.",
             "Diese Datei gehört nicht zu dieser Anfrage.",
             "This file does not belong to this request."
         )},
        {"malware",
         four(
             "Dit bestand is onveilig bevonden. Controleer uw toestel en bezorg een ander bestand.",
             "Ce fichier a été jugé dangereux. Vérifiez votre appareil et remettez un autre fichier.",
             "Diese Datei wurde als unsicher eingestuft. Prüfen Sie Ihr Gerät und reichen Sie eine andere Datei ein.",
             "This file was found unsafe. Check your device and hand in another file."
         )},
        {"password-protected",
         four(
             "Dit bestand is met een wachtwoord beveiligd. Bezorg het zonder wachtwoord.",
             "Ce fichier est protégé par un mot de passe. Remettez-le sans mot de passe.",
             "Diese Datei ist mit einem Passwort geschützt. Bitte ohne Passwort einreichen.",
             "This file is protected by a password. Please hand it in without one."
         )},
    };
    return table;
}

const Table& acts() {
    static const Table table{
        {"dossier.opened", four("Dossier geopend", "Dossier ouvert", "Dossier eröffnet", "Case opened")},
        {"party.added", four("Partij toegevoegd", "Partie ajoutée", "Partei hinzugefügt", "Party added")},
        {"consent.given", four("Toestemming geregistreerd", "Consentement enregistré", "Einwilligung erfasst", "Consent registered")},
        {"consent.withdrawn", four("Toestemming ingetrokken", "Consentement retiré", "Einwilligung widerrufen", "Consent withdrawn")},
        {"request.sent", four("Documenten gevraagd", "Documents demandés", "Dokumente angefragt", "Documents requested")},
        {"request.denied",
         four(
             "Aanvraag niet verstuurd: toestemming ontbreekt",
             "Demande non envoyée : consentement manquant",
             "Anfrage nicht gesendet: Einwilligung fehlt",
             "Request not sent: consent missing"
         )},
        {"grant.withdrawn", four("Aanvraag gestopt", "Demande arrêtée", "Anfrage gestoppt", "Request stopped")},
        {"grant.closed",
         four(
             "Link gesloten: de termijn is voorbij",
             "Lien fermé : le délai est passé",
             "Link geschlossen: Die Frist ist abgelaufen",
             "Link closed: its time is over"
         )},
        {"credential.created", four("API-toegang gegeven", "Accès API donné", "API-Zugang erteilt", "API access given")},
        {"credential.rotated", four("API-toegang vernieuwd", "Accès API renouvelé", "API-Zugang erneuert", "API access renewed")},
        {"credential.revoked", four("API-toegang ingetrokken", "Accès API révoqué", "API-Zugang widerrufen", "API access revoked")},
        {"machine.added", four("Programma toegelaten", "Programme admis", "Programm zugelassen", "Program let in")},
        {"machine.removed",
         four("Programma niet meer toegelaten", "Programme plus admis", "Programm nicht mehr zugelassen", "Program no longer let in")},
        {"document.accepted", four("Stuk ontvangen", "Pièce reçue", "Dokument empfangen", "Document received")},
        {"document.filed", four("Stuk opgenomen in het dossier", "Pièce classée", "Dokument abgelegt", "Document filed")},
        {"document.refused", four("Stuk geweigerd", "Pièce refusée", "Dokument abgelehnt", "Document refused")},
        {"document.redo", four("Stuk opnieuw gevraagd", "Pièce redemandée", "Dokument erneut angefragt", "Document asked for again")},
        {"document.quarantined", four("Stuk in quarantaine", "Pièce en quarantaine", "Dokument in Quarantäne", "Document in quarantine")},
        {"document.withdrawn",
         four(
             "Stuk niet geopend: toestemming ingetrokken of verlopen",
             "Pièce non ouverte : consentement retiré ou expiré",
             "Dokument nicht geöffnet: Einwilligung widerrufen oder abgelaufen",
             "Document not opened: consent withdrawn or expired"
         )},
        {"mail.given-up",
         four(
             "E-mail kon niet worden bezorgd",
             "L'e-mail n'a pas pu être remis",
             "E-Mail konnte nicht zugestellt werden",
             "E-mail could not be delivered"
         )},
        {"document.read", four("Stuk gelezen", "Pièce lue", "Dokument gelesen", "Document read")},
        {"document.released", four("Stuk vrijgegeven", "Pièce mise à disposition", "Dokument freigegeben", "Document released")},
        {"release.withdrawn", four("Vrijgave ingetrokken", "Mise à disposition retirée", "Freigabe zurückgezogen", "Release withdrawn")},
        {"release.denied", four("Vrijgave geweigerd", "Mise à disposition refusée", "Freigabe verweigert", "Release denied")},
        {"document.denied", four("Lezen geweigerd", "Lecture refusée", "Lesen verweigert", "Reading denied")},
    };
    return table;
}

}  // namespace

const Texts* notice_text(std::string_view kind) {
    const auto found = notices().find(kind);
    return found == notices().end() ? nullptr : &found->second;
}

const Texts& verdict_text(std::string_view code) {
    const auto found = verdicts().find(code);
    return found == verdicts().end() ? verdicts().at("refused") : found->second;
}

Texts act_text(std::string_view act) {
    const auto found = acts().find(act);
    return found == acts().end() ? Texts{{"nl", std::string(act)}} : found->second;
}

}  // namespace policies
