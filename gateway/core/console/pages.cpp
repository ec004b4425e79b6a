#include "gateway/core/console/pages.hpp"

#include "gateway/core/console/dossier_json.hpp"
#include "gateway/core/reading.hpp"
#include "policies/disclosure.hpp"
#include "storage/core/notices.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace gateway::core::console {

namespace {

using namespace storage::core;
using json = nlohmann::json;

json texts(const policies::Texts& all) {
    json object = json::object();
    for (const auto& [language, text] : all) {
        object[language] = text;
    }
    return object;
}

// Newest first, each once, also for somebody with two roles.
std::vector<Dossier> visible_dossiers(storage::Connection& connection, const StaffMember& staff) {
    std::vector<Dossier> all;
    if (staff.is(policies::Role::dpo)) {
        all = Dossiers::all(connection);
    } else {
        if (staff.is(policies::Role::handler)) {
            all = Dossiers::of_handler(connection, staff.id);
        }
        if (staff.is(policies::Role::advising_doctor)) {
            auto assigned = Dossiers::of_advising_doctor(connection, staff.id);
            std::set<policies::DossierId> known;
            for (const auto& dossier : all) {
                known.insert(dossier.id);
            }
            for (auto& dossier : assigned) {
                if (!known.contains(dossier.id)) {
                    all.push_back(std::move(dossier));
                }
            }
        }
    }
    if (all.size() > dossiers_listed_max) {
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(dossiers_listed_max), all.end());
    }
    return all;
}

// Pages travel as text: nlohmann::json turns into anything, and a Result of it would too.
http::Response answer(const storage::Result<std::string>& page, const Call& call) {
    return page.has_error() ? answer_error(page.error(), call) : http::json(200, *page);
}

}  // namespace

http::Response case_types(const Tools& tools, const Call&) {
    json list = json::array();
    for (const auto& type : tools.case_types.current()) {
        json parties = json::array();
        for (const auto& party : type->rules.parties) {
            if (party.external) {
                parties.push_back({{"role", party.id}, {"title", texts(party.title)}});
            }
        }
        json documents = json::array();
        for (const auto& document : type->rules.documents) {
            if (document.incoming) {
                documents.push_back(
                    {{"type", document.id},
                     {"title", texts(document.title)},
                     {"by", document.by},
                     {"compartment", document.compartment},
                     {"consent", type->rules.consent_covering(document.id) != nullptr}}
                );
            }
        }
        list.push_back(
            {{"id", type->rules.id},
             {"version", type->rules.version},
             {"title", texts(type->rules.title)},
             {"parties", parties},
             {"documents", documents}}
        );
    }
    return http::json(200, list.dump());
}

http::Response dossiers(const Tools& tools, const Call& call) {
    const auto now = tools.clock.now();
    const auto page = tools.database.read([&](storage::Connection& connection) -> storage::Result<std::string> {
        json list = json::array();
        for (const auto& found : visible_dossiers(connection, *call.staff)) {
            const auto type = tools.case_types.find(found.case_type_sha256);
            if (!type) {
                return storage::Errc::damaged;
            }
            list.push_back(dossier_line(connection, Viewed{found, type->rules, *call.staff, now}));
        }
        return list.dump();
    });
    return answer(page, call);
}

http::Response dossier(const Tools& tools, const Call& call) {
    const auto id = policies::DossierId::parse(call.id);
    if (!id) {
        return answer_not_found(call);
    }
    const auto now = tools.clock.now();
    const auto page = tools.database.read([&](storage::Connection& connection) -> storage::Result<std::string> {
        const auto found = Dossiers::find(connection, *id);
        if (!found || !may_see(*call.staff, *found)) {
            return storage::Errc::not_found;
        }
        const auto type = tools.case_types.find(found->case_type_sha256);
        if (!type) {
            return storage::Errc::damaged;
        }
        return dossier_page(connection, Viewed{*found, type->rules, *call.staff, now}).dump();
    });
    return answer(page, call);
}

http::Response inbox(const Tools& tools, const Call& call) {
    const auto page = tools.database.read([&](storage::Connection& connection) -> storage::Result<std::string> {
        json list = json::array();
        for (const auto& notice : Notices::of_staff(connection, call.staff->id, notices_listed_max)) {
            const auto* text = policies::notice_text(notice.kind);
            list.push_back(
                {{"id", notice.id.text()},
                 {"at", notice.at.text()},
                 {"kind", notice.kind},
                 {"caseNumber", notice.case_number},
                 {"dossier", notice.dossier.text()},
                 {"text", text == nullptr ? json{{"nl", notice.kind}} : texts(*text)},
                 {"done", notice.done}}
            );
        }
        return list.dump();
    });
    return answer(page, call);
}

http::Response content(const Tools& tools, const Call& call) {
    const auto id = policies::DocumentId::parse(call.id);
    if (!id) {
        return answer_not_found(call);
    }
    const auto permitted = tools.desk.permit_reading(*call.staff, *id);
    if (permitted.has_error()) {
        return answer_error(permitted.error(), call);
    }
    if (std::holds_alternative<Refusal>(*permitted)) {
        return answer_not_found(call);
    }
    auto source = open_document(tools.database, tools.case_store, tools.keyring, *id);
    if (source.has_error()) {
        return answer_error(source.error(), call);
    }
    http::Response response;
    response.source = std::move(*source);
    // The type somebody outside claimed is not repeated: the browser saves the file and shows nothing.
    response.with("Content-Type", "application/octet-stream");
    response.with("Content-Disposition", content_disposition(std::get<std::string>(*permitted)));
    return response;
}

std::string content_disposition(std::string_view file_name) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : file_name.substr(0, 255)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (plain.find(letter) != std::string_view::npos) {
            encoded += letter;
        } else {
            encoded += {'%', hex[byte >> 4], hex[byte & 15]};
        }
    }
    return "attachment; filename=\"document\"; filename*=UTF-8''" + encoded;
}

}  // namespace gateway::core::console
