#include "gateway/http/problem.hpp"

#include "crypto/ensure.hpp"
#include "gateway/http/language.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace gateway::http {
namespace {

struct Titles {
    std::string_view type;
    std::array<std::string_view, 4> in;  // in the order of language_codes
};

// What people read. A sentence says what happened and, where there is something to do, what to do.
constexpr Titles titles[] = {
    {"bad-request",
     {"De vraag van uw programma is niet leesbaar.",
      "La demande de votre programme est illisible.",
      "Die Anfrage Ihres Programms ist nicht lesbar.",
      "The request of your program cannot be read."}},
    {"unauthorized",
     {"Deze link is niet geldig of u bent niet aangemeld.",
      "Ce lien n'est pas valable ou vous n'êtes pas connecté.",
      "Dieser Link ist nicht gültig oder Sie sind nicht angemeldet.",
      "This link is not valid or you are not signed in."}},
    {"forbidden",
     {"Dit kan nu niet. Neem contact op met de dienst die u de link stuurde.",
      "Ce n'est pas possible pour le moment. Contactez le service qui vous a envoyé le lien.",
      "Das ist jetzt nicht möglich. Wenden Sie sich an die Stelle, die Ihnen den Link geschickt hat.",
      "This is not possible now. Contact the service that sent you the link."}},
    {"not-found",
     {"Dit is hier niet te vinden.", "Ceci est introuvable ici.", "Das ist hier nicht zu finden.", "This cannot be found here."}},
    {"method-not-allowed",
     {"Deze bewerking bestaat hier niet.",
      "Cette opération n'existe pas ici.",
      "Diesen Vorgang gibt es hier nicht.",
      "This operation does not exist here."}},
    {"timeout",
     {"Het duurde te lang. Probeer het opnieuw.",
      "Cela a pris trop de temps. Réessayez.",
      "Es hat zu lange gedauert. Versuchen Sie es erneut.",
      "It took too long. Try again."}},
    {"conflict",
     {"Dit past niet meer bij de huidige toestand.",
      "Ceci ne correspond plus à l'état actuel.",
      "Das passt nicht mehr zum aktuellen Stand.",
      "This no longer fits the current state."}},
    {problems::inconsistent_length.type,
     {"De opgegeven lengtes van dit bestand spreken elkaar tegen.",
      "Les longueurs indiquées pour ce fichier se contredisent.",
      "Die angegebenen Längen dieser Datei widersprechen sich.",
      "The lengths given for this file contradict each other."}},
    {problems::completed_upload.type,
     {"Dit bestand is al volledig aangekomen.",
      "Ce fichier est déjà arrivé en entier.",
      "Diese Datei ist schon vollständig angekommen.",
      "This file has already arrived completely."}},
    {"digest-mismatch",
     {"Deze gegevens kwamen beschadigd aan. Stuur ze opnieuw.",
      "Ces données sont arrivées endommagées. Renvoyez-les.",
      "Diese Daten kamen beschädigt an. Senden Sie sie erneut.",
      "This data arrived damaged. Send it again."}},
    {"checksum-mismatch",
     {"Dit stuk van het bestand kwam beschadigd aan. Stuur het opnieuw.",
      "Cette partie du fichier est arrivée endommagée. Renvoyez-la.",
      "Dieser Teil der Datei kam beschädigt an. Senden Sie ihn erneut.",
      "This part of the file arrived damaged. Send it again."}},
    {"gone",
     {"Deze overdracht is beëindigd. Begin opnieuw.",
      "Ce transfert est terminé. Recommencez.",
      "Diese Übertragung ist beendet. Beginnen Sie neu.",
      "This transfer has ended. Start again."}},
    {problems::offset_mismatch.type,
     {"Dit stuk van het bestand sluit niet aan. De overdracht gaat verder waar ze gebleven was.",
      "Cette partie du fichier ne fait pas suite. Le transfert reprend là où il s'est arrêté.",
      "Dieser Teil der Datei schließt nicht an. Die Übertragung geht dort weiter, wo sie war.",
      "This part of the file does not follow. The transfer goes on where it was."}},
    {"incomplete",
     {"Het bestand is nog niet volledig aangekomen.",
      "Le fichier n'est pas encore arrivé en entier.",
      "Die Datei ist noch nicht vollständig angekommen.",
      "The file has not arrived completely yet."}},
    {"length-required",
     {"De lengte van het bericht ontbreekt.",
      "La longueur du message manque.",
      "Die Länge der Nachricht fehlt.",
      "The length of the message is missing."}},
    {"unsupported-version",
     {"Deze versie van het uploadprotocol wordt niet ondersteund.",
      "Cette version du protocole d'envoi n'est pas prise en charge.",
      "Diese Version des Upload-Protokolls wird nicht unterstützt.",
      "This version of the upload protocol is not supported."}},
    {"too-large", {"Dit is te groot.", "Ceci est trop volumineux.", "Das ist zu groß.", "This is too large."}},
    {"target-too-long",
     {"Dit adres is te lang.", "Cette adresse est trop longue.", "Diese Adresse ist zu lang.", "This address is too long."}},
    {"unsupported-type",
     {"Deze vorm wordt niet aanvaard.", "Ce format n'est pas accepté.", "Diese Form wird nicht angenommen.", "This form is not accepted."}},
    {"range-not-satisfiable",
     {"Het gevraagde deel ligt achter het einde van het bestand.",
      "La partie demandée se trouve après la fin du fichier.",
      "Der angefragte Teil liegt hinter dem Ende der Datei.",
      "The part that was asked for lies behind the end of the file."}},
    {"expectation-failed",
     {"Deze verwachting kan niet worden vervuld.",
      "Cette attente ne peut être satisfaite.",
      "Diese Erwartung kann nicht erfüllt werden.",
      "This expectation cannot be met."}},
    {"misdirected",
     {"Deze naam hoort niet bij deze server.",
      "Ce nom n'appartient pas à ce serveur.",
      "Dieser Name gehört nicht zu diesem Server.",
      "This name does not belong to this server."}},
    {"not-encrypted",
     {"Dit bestand is niet versleuteld voor deze aanvraag. Het is niet bewaard.",
      "Ce fichier n'est pas chiffré pour cette demande. Il n'a pas été conservé.",
      "Diese Datei ist nicht für diese Anfrage verschlüsselt. Sie wurde nicht aufbewahrt.",
      "This file is not encrypted for this request. It was not kept."}},
    {"damaged",
     {"Dit bestand kwam beschadigd aan. Het is niet bewaard; stuur het opnieuw.",
      "Ce fichier est arrivé endommagé. Il n'a pas été conservé; renvoyez-le.",
      "Diese Datei kam beschädigt an. Sie wurde nicht aufbewahrt; senden Sie sie erneut.",
      "This file arrived damaged. It was not kept; send it again."}},
    {"invalid",
     {"Een gegeven ontbreekt of is niet juist.",
      "Une donnée manque ou est incorrecte.",
      "Eine Angabe fehlt oder ist nicht richtig.",
      "Something is missing or is not right."}},
    {"too-many",
     {"Te veel pogingen. Wacht even en probeer het opnieuw.",
      "Trop de tentatives. Attendez un moment et réessayez.",
      "Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es erneut.",
      "Too many attempts. Wait a moment and try again."}},
    {"header-too-large",
     {"Uw programma stuurt te veel kopregels.",
      "Votre programme envoie trop d'en-têtes.",
      "Ihr Programm sendet zu viele Kopfzeilen.",
      "Your program sends too many header fields."}},
    {"internal",
     {"Er ging iets mis bij ons. Probeer het later opnieuw.",
      "Une erreur s'est produite chez nous. Réessayez plus tard.",
      "Bei uns ist etwas schiefgegangen. Versuchen Sie es später erneut.",
      "Something went wrong on our side. Try again later."}},
    {"not-implemented",
     {"Dit wordt niet ondersteund.", "Ceci n'est pas pris en charge.", "Das wird nicht unterstützt.", "This is not supported."}},
    {"unavailable",
     {"De dienst is even niet beschikbaar. Probeer het later opnieuw.",
      "Le service est momentanément indisponible. Réessayez plus tard.",
      "Der Dienst ist gerade nicht verfügbar. Versuchen Sie es später erneut.",
      "The service is not available for a moment. Try again later."}},
    {"version-not-supported",
     {"Deze versie van HTTP wordt niet ondersteund.",
      "Cette version de HTTP n'est pas prise en charge.",
      "Diese Version von HTTP wird nicht unterstützt.",
      "This version of HTTP is not supported."}},
    {"no-space",
     {"Er is geen plaats voor dit bestand. Probeer het later opnieuw.",
      "Il n'y a pas de place pour ce fichier. Réessayez plus tard.",
      "Für diese Datei ist kein Platz. Versuchen Sie es später erneut.",
      "There is no room for this file. Try again later."}},
};

}  // namespace

Response problem(const Problem& what, std::string_view accept_language, std::string_view detail, std::initializer_list<Member> members) {
    const auto* row = std::find_if(std::begin(titles), std::end(titles), [&](const Titles& one) { return one.type == what.type; });
    crypto::ensure(row != std::end(titles), "every problem has its titles");
    const auto language = static_cast<std::size_t>(preferred_language(accept_language));

    nlohmann::ordered_json body;
    const bool registered = what.type.starts_with("https:");
    body["type"] = (registered ? "" : "urn:sluis:problem:") + std::string(what.type);
    body["title"] = row->in[language];
    body["status"] = what.status;
    if (!detail.empty()) {
        body["detail"] = detail;
    }
    for (const auto& member : members) {
        body[std::string(member.name)] = member.value;
    }
    Response response;
    response.status = what.status;
    response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    response.with("Content-Type", "application/problem+json");
    response.with("Content-Language", std::string(language_codes[language]));
    if (what.status == problems::unavailable.status) {
        response.with("Retry-After", "5");
    } else if (what.status == problems::no_space.status) {
        response.with("Retry-After", "60");
    }
    if (what.status == problems::unauthorized.status) {
        response.with("WWW-Authenticate", "Bearer");  // RFC 9110 section 15.5.2 wants one with every 401
    }
    return response;
}

}  // namespace gateway::http
