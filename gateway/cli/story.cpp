#include "gateway/cli/story.hpp"

#include "gateway/cli/console_client.hpp"
#include "gateway/clock.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace gateway::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr auto mail_wait = std::chrono::seconds(30);
constexpr auto mail_look = std::chrono::milliseconds(100);

struct Outsider {
    std::string role, name, mail;
};

struct Dossier {
    std::string case_type, case_number, subject;
    Outsider outsider;
    std::vector<std::string> items;
    std::string consent;  // kind; empty when the case type needs none
    std::string message;
    std::string advising_doctor;  // user; empty without one
};

std::string in_days(int days) {
    return (SystemClock().now() + days * policies::one_day).text();
}

// Gives the request's id.
std::string open_dossier(ConsoleClient& console, const Dossier& dossier) {
    const json advising = dossier.advising_doctor.empty() ? json() : json(dossier.advising_doctor);
    const json opened = {
        {"caseType", dossier.case_type}, {"caseNumber", dossier.case_number}, {"subject", dossier.subject}, {"advisingDoctor", advising}
    };
    const std::string place =
        "/api/v1/dossiers/" + json::parse(console.post("/api/v1/dossiers", opened.dump())).at("id").get<std::string>();
    const json outsider = {{"role", dossier.outsider.role}, {"name", dossier.outsider.name}, {"mail", dossier.outsider.mail}};
    const auto party = json::parse(console.post(place + "/parties", outsider.dump())).at("id").get<std::string>();
    if (!dossier.consent.empty()) {
        const json consent = {
            {"kind", dossier.consent},
            {"party", party},
            {"evidence", "signed-paper-scan"},
            {"note", "Ondertekend formulier in het dossier"},
            {"from", in_days(-1)},
            {"until", in_days(180)},
        };
        console.post(place + "/consents", consent.dump());
    }
    json items = json::array();
    for (const auto& type : dossier.items) {
        items.push_back({{"type", type}, {"required", items.empty()}});
    }
    const json request = {{"party", party}, {"items", items}, {"deadline", in_days(14)}, {"message", dossier.message}, {"language", "nl"}};
    return json::parse(console.post(place + "/requests", request.dump())).at("id").get<std::string>();
}

// The credential file of a contractor's program: what the console shows once.
std::string make_credential(ConsoleClient& console, const std::string& request, const std::vector<std::string>& items) {
    const json wanted = {{"label", "Werfserver De Smet"}, {"items", items}, {"expiresAt", in_days(90)}};
    return json::parse(console.post("/api/v1/requests/" + request + "/credentials", wanted.dump())).at("credential").dump();
}

// The link in the newest mail to this address; mails are files of a Maildir. Quoted-printable soft breaks are undone.
std::string find_link(const fs::path& mails, const std::string& address) {
    for (const auto& folder : {mails / "new", mails / "cur"}) {
        std::error_code missing;
        for (const auto& entry : fs::directory_iterator(folder, missing)) {
            std::ifstream stream(entry.path(), std::ios::binary);
            std::ostringstream whole;
            whole << stream.rdbuf();
            std::string text = whole.str();
            for (std::size_t at = 0; (at = text.find("=3D")) != std::string::npos;) {
                text.replace(at, 3, "=");
            }
            for (const std::string soft : {"=\r\n", "=\n"}) {
                for (std::size_t at = 0; (at = text.find(soft)) != std::string::npos;) {
                    text.erase(at, soft.size());
                }
            }
            const auto link = text.find("https://");
            if (text.find("\nTo: " + address) != std::string::npos && link != std::string::npos) {
                const auto end = text.find_first_of(" \r\n>", link);
                return text.substr(link, end - link);
            }
        }
    }
    return {};
}

std::string wait_for_link(const fs::path& mails, const std::string& address) {
    const auto deadline = std::chrono::steady_clock::now() + mail_wait;
    while (std::chrono::steady_clock::now() < deadline) {
        std::string link = find_link(mails, address);
        if (!link.empty()) {
            return link;
        }
        std::this_thread::sleep_for(mail_look);
    }
    throw Refusal("no invitation mail for " + address + " in " + mails.string());
}

}  // namespace

std::vector<Account> story_accounts(const std::string& password) {
    return {
        {"sofie", "Sofie Maes", "sofie.maes@stad.example", "+32 9 555 01 17", password, {"handler"}},
        {"karim", "Karim Haddad", "karim.haddad@stad.example", "+32 9 555 01 42", password, {"handler"}},
        {"dr.peeters", "Dr. An Peeters", "an.peeters@stad.example", "", password, {"advising-doctor"}},
        {"dpo", "Jan Claes", "fg@stad.example", "", password, {"dpo"}},
    };
}

std::string account_lines(const std::vector<Account>& accounts) {
    std::string lines;
    for (const auto& account : accounts) {
        const json line = {
            {"user", account.user},
            {"name", account.name},
            {"mail", account.mail},
            {"phone", account.phone},
            {"roles", account.roles},
            {"password", account.password}
        };
        lines += line.dump() + "\n";
    }
    return lines;
}

StoryLinks seed_story(const client::ClientOptions& console, const std::vector<Account>& accounts, const fs::path& mails) {
    const std::string doctor = "e.wouters@praktijk.example";
    const std::string contractor = "verslagen@bouwwerken.example";
    const std::string juror = "jury.devos@mail.example";

    ConsoleClient social(console);
    social.sign_in(accounts.at(0).user, accounts.at(0).password);
    open_dossier(
        social,
        {"medical-unfitness",
         "SOC-2026-00017",
         "Maria Janssens",
         {"treating-provider", "Dr. Els Wouters", doctor},
         {"medical-report", "specialist-letter"},
         "secrecy-release",
         "Graag uw verslag over de arbeidsgeschiktheid, met de datum van het laatste onderzoek.",
         "dr.peeters"}
    );

    ConsoleClient renewal(console);
    renewal.sign_in(accounts.at(1).user, accounts.at(1).password);
    const std::vector<std::string> site_items{"site-report", "photo"};
    const auto site = open_dossier(
        renewal,
        {"city-renewal",
         "SV-2026-0042",
         "Heraanleg Kanaalplein",
         {"contractor", "Bouwwerken De Smet", contractor},
         site_items,
         "",
         "Graag het werfverslag van deze week, altijd de nieuwste versie.",
         ""}
    );
    open_dossier(
        renewal,
        {"subsidy-jury",
         "SUB-2026-0108",
         "Buurtcomité De Linde",
         {"jury-member", "Tom De Vos", juror},
         {"pre-advice"},
         "",
         "Graag uw pre-advies voor de zitting.",
         ""}
    );
    wait_for_link(mails, contractor);
    return {wait_for_link(mails, doctor), make_credential(renewal, site, site_items), wait_for_link(mails, juror)};
}

}  // namespace gateway::cli
