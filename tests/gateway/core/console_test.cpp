#include "crypto/encoding.hpp"
#include "gateway/core/console/pages.hpp"
#include "gateway/core/console/session.hpp"
#include "storage/core/sessions.hpp"
#include "tests/gateway/core/console.hpp"

#include <future>
#include <set>

using namespace office;
using nlohmann::json;

namespace {

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& one : response.headers) {
        if (one.name == name) {
            return one.value;
        }
    }
    return {};
}

// The whole story of a dossier, so that every route has something true to answer about.
struct Story {
    explicit Story(Office& office)
        : dossier(office.open_dossier()), party(office.add_doctor(dossier)),
          consent(done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)))),
          request(done(office.desk->make_request(office.handler, dossier, office.request_to(party)))),
          document(office.file_document(request)) {}
    policies::DossierId dossier;
    policies::PartyId party;
    policies::ConsentId consent;
    core::MadeRequest request;
    policies::DocumentId document;
};

}  // namespace

TEST_CASE("Every console route answers the roles that may call it and looks like nothing to the others") {
    Office office;
    const Story story(office);
    Console console(office);
    office.write([&](storage::Connection& connection) {
        for (const auto* staff : {&office.handler, &office.doctor, &office.dpo, &office.operations}) {
            ledger::Notices::add(
                connection,
                {ledger::new_id<policies::NoticeId>(office.random),
                 staff->id,
                 story.dossier,
                 "document.filed",
                 office.clock.now(),
                 false,
                 {}}
            );
        }
    });
    const json new_dossier = {{"caseType", "medical-unfitness"}, {"caseNumber", "SOC-2"}, {"subject", "X"}, {"advisingDoctor", nullptr}};
    const json new_party = {{"role", "client"}, {"name", "Maria"}, {"mail", "maria@home.test"}};
    const json second_consent = {
        {"kind", "secrecy-release"},
        {"party", story.party.text()},
        {"evidence", "paper"},
        {"note", ""},
        {"from", office.clock.now().text()},
        {"until", (office.clock.now() + policies::one_day).text()}
    };
    json new_consent = second_consent;  // for when the one in force has run out
    new_consent["from"] = (office.clock.now() + 400 * policies::one_day).text();
    new_consent["until"] = (office.clock.now() + 500 * policies::one_day).text();
    const json new_request = {
        {"party", story.party.text()},
        {"items", {{{"type", "medical-report"}, {"required", true}}}},
        {"deadline", (office.clock.now() + policies::one_day).text()},
        {"message", ""},
        {"language", "nl"}
    };

    const auto site = done(office.desk->open_dossier(office.handler, {"city-renewal", "SV-1", "Kanaalplein", std::nullopt}));
    const auto builder = done(office.desk->add_party(office.handler, site, {"contractor", "Bouwwerken", "b@bouw.test"}));
    const auto reports = done(office.desk->make_request(office.handler, site, office.request_to(builder, {{"site-report", true}})));
    const core::NewCredential wanted{"Server", {"site-report"}, office.clock.now() + policies::one_day};
    const auto credential = [&] {
        const auto deed = office.desk->make_credential(office.handler, reports.request, wanted);
        return std::get<core::MadeCredential>(deed.value()).id.text();
    };
    const json new_credential = {{"label", "Server"}, {"items", {"site-report"}}, {"expiresAt", wanted.expires_at.text()}};
    const std::string site_request = reports.request.text();
    const json new_release = {{"request", story.request.request.text()}, {"expiresAt", (office.clock.now() + policies::one_day).text()}};
    const auto released = done(office.desk->release_document(
        office.doctor,
        story.document,
        {story.request.request, office.clock.now() + policies::one_day},
        [](const std::string&) -> crypto::Result<std::string> { return std::string("header"); }
    ));

    struct Expected {
        Ask ask;
        int handler, doctor, dpo, operations;  // of this dossier; others of the same role get what `stranger` says
        int stranger;
    };
    using enum http::Method;
    const std::string dossier = story.dossier.text();
    const std::string grant = story.request.grant.text();
    const std::string machine = json{{"certificate", std::string(64, 'a')}}.dump();
    const std::vector<Expected> table{
        {{get, "/api/v1/session", "", "", {}}, 200, 200, 200, 200, 200},
        {{get, "/api/v1/case-types", "", "", {}}, 200, 200, 200, 200, 200},
        {{get, "/api/v1/dossiers", "", "", {}}, 200, 200, 200, 404, 200},
        {{get, "/api/v1/dossiers/{id}", dossier, "", {}}, 200, 200, 200, 404, 404},
        {{get, "/api/v1/inbox", "", "", {}}, 200, 200, 200, 200, 200},
        {{post, "/api/v1/dossiers", "", new_dossier.dump(), {}}, 201, 404, 404, 404, 409},
        {{post, "/api/v1/dossiers/{id}/parties", dossier, new_party.dump(), {}}, 201, 404, 404, 404, 404},
        {{post, "/api/v1/dossiers/{id}/consents", dossier, second_consent.dump(), {}}, 409, 404, 404, 404, 404},
        {{post, "/api/v1/dossiers/{id}/consents", dossier, new_consent.dump(), {}}, 201, 404, 404, 404, 404},
        {{post, "/api/v1/dossiers/{id}/requests", dossier, new_request.dump(), {}}, 201, 404, 404, 404, 404},
        {{get, "/api/v1/requests/{id}/credentials", site_request, "", {}}, 200, 404, 404, 404, 404},
        {{post, "/api/v1/requests/{id}/credentials", site_request, new_credential.dump(), {}}, 201, 404, 404, 404, 404},
        {{post, "/api/v1/credentials/{id}/rotation", credential(), R"({"overlapHours":1})", {}}, 201, 404, 404, 404, 404},
        {{delete_, "/api/v1/credentials/{id}", credential(), "", {}}, 204, 404, 404, 404, 404},
        {{post, "/api/v1/grants/{id}/machines", grant, machine, {}}, 204, 404, 404, 404, 404},
        {{delete_, "/api/v1/grants/{id}/machines", grant, machine, {}}, 204, 404, 404, 404, 404},
        {{post, "/api/v1/inbox/{id}/done", "ffffffffffffffffffffffffffffffff", "{}", {}}, 404, 404, 404, 404, 404},
        {{get, "/api/v1/documents/{id}/content", story.document.text(), "", {}}, 404, 404, 404, 404, 404},
        {{post, "/api/v1/documents/{id}/releases", story.document.text(), new_release.dump(), {}}, 404, 404, 404, 404, 404},
        {{delete_, "/api/v1/releases/{id}", released.release.text(), "", {}}, 204, 204, 404, 404, 404},
        {{post, "/api/v1/consents/{id}/withdraw", story.consent.text(), R"({"reason":"x"})", {}}, 204, 404, 404, 404, 404},
        {{delete_, "/api/v1/session", "", "", {}}, 204, 204, 204, 204, 204},
    };
    std::set<std::pair<http::Method, std::string>> covered{{post, "/api/v1/session"}};
    for (const auto& row : table) {
        covered.emplace(row.ask.method, row.ask.pattern);
        CAPTURE(row.ask.pattern, static_cast<int>(row.ask.method));
        CHECK(console.call(row.ask).status == 401);
        CHECK(console.call(row.ask, "not-a-token").status == 401);
        CHECK(console.call(row.ask, crypto::to_base64url(office.random.bytes<32>())).status == 401);
        CHECK(console.call(row.ask, console.session_of(office.doctor)).status == row.doctor);
        CHECK(console.call(row.ask, console.session_of(office.dpo)).status == row.dpo);
        CHECK(console.call(row.ask, console.session_of(office.operations)).status == row.operations);
        CHECK(console.call(row.ask, console.session_of(office.handler)).status == row.handler);
        CHECK(console.call(row.ask, console.session_of(office.other_handler)).status == row.stranger);
    }
    for (const auto& route : console.routes) {
        CAPTURE(route.pattern);
        CHECK(covered.contains({route.method, route.pattern}));
        CHECK((route.caller == http::Caller::staff) != (route.method == post && route.pattern == "/api/v1/session"));
    }
}

TEST_CASE("A credential file is in the answer that makes it and in no other; a body of another shape makes none") {
    Office office;
    Console console(office);
    const auto site = done(office.desk->open_dossier(office.handler, {"city-renewal", "SV-1", "Kanaalplein", std::nullopt}));
    const auto builder = done(office.desk->add_party(office.handler, site, {"contractor", "Bouwwerken", "b@bouw.test"}));
    const auto reports = done(office.desk->make_request(office.handler, site, office.request_to(builder, {{"site-report", true}})));
    const auto token = console.session_of(office.handler);
    const auto id = reports.request.text();
    const std::string place = "/api/v1/requests/{id}/credentials";
    using enum http::Method;
    const std::string until = (office.clock.now() + policies::one_day).text();
    const json wanted = {{"label", "Server \u00e9"}, {"items", {"site-report"}}, {"expiresAt", until}};
    const auto answer = console.call({post, place, id, wanted.dump(), {}}, token);
    REQUIRE(answer.status == 201);
    CHECK(answer.cache == http::Response::Cache::no_store);
    const auto body = json::parse(answer.body);
    const auto& file = body.at("credential");
    CHECK(file.at("v") == 1);
    CHECK(file.at("label") == "Server \u00e9");
    CHECK(file.at("expiresAt") == until);
    const auto link = file.at("link").get<std::string>();
    CHECK(link.starts_with("https://upload.test/u#" + body.at("id").get<std::string>() + "."));
    const auto listed = console.call({get, place, id, "", {}}, token);
    CHECK(listed.body.find(link.substr(link.find('.', link.find('#')) + 1)) == std::string::npos);
    const auto lines = json::parse(listed.body);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("state") == "active");
    CHECK(lines[0].at("items") == json{"site-report"});
    CHECK(lines[0].at("createdBy") == "Name of sofie");
    for (const char* bad :
         {"",
          "[]",
          R"({"label":1,"items":["site-report"],"expiresAt":"2026-12-24T10:00:00Z"})",
          R"({"label":"x","items":"site-report","expiresAt":"2026-12-24T10:00:00Z"})",
          R"({"label":"x","items":[1],"expiresAt":"2026-12-24T10:00:00Z"})",
          R"({"label":"x","items":["site-report"],"expiresAt":"soon"})"}) {
        CAPTURE(bad);
        CHECK(console.call({post, place, id, bad, {}}, token).status == 422);
    }
    const auto made = body.at("id").get<std::string>();
    for (const char* bad :
         {"{}", R"({"overlapHours":-1})", R"({"overlapHours":1.5})", R"({"overlapHours":721})", R"({"overlapHours":"1"})"}) {
        CAPTURE(bad);
        CHECK(console.call({post, "/api/v1/credentials/{id}/rotation", made, bad, {}}, token).status == 422);
    }
    CHECK(json::parse(console.call({get, place, id, "", {}}, token).body).size() == 1);
}

TEST_CASE("The content route reaches the case store for the advising doctor alone") {
    // The document's row is there, its bytes are not: who may read gets as far as the store and a log entry, nobody else does.
    Office office;
    const Story story(office);
    Console console(office);
    const Ask ask{http::Method::get, "/api/v1/documents/{id}/content", story.document.text(), "", {}};
    for (const auto* staff : {&office.handler, &office.other_handler, &office.other_doctor, &office.dpo, &office.operations}) {
        console.call(ask, console.session_of(*staff));
    }
    CHECK(office.entries("document.read").empty());
    console.call(ask, console.session_of(office.doctor));
    CHECK(office.entries("document.read").size() == 1);
}

TEST_CASE("The dossier page shows the handler that a report arrived, and the advising doctor which") {
    Office office;
    const Story story(office);
    Console console(office);
    const Ask ask{http::Method::get, "/api/v1/dossiers/{id}", story.dossier.text(), "", {}};
    const auto page = [&](const ledger::StaffMember& staff) { return json::parse(console.call(ask, console.session_of(staff)).body); };
    const json handler = page(office.handler);
    CHECK(handler.at("subject") == "Maria Janssens");
    CHECK(handler.at("consent") == "given");
    CHECK(handler.at("documents").at(0).at("mayRead") == false);
    CHECK(handler.at("documents").at(0).at("name").is_null());
    CHECK(handler.at("documents").at(0).at("compartment") == "medical");
    CHECK(handler.at("requests").at(0).at("state") == "complete");
    CHECK(handler.at("requests").at(0).at("items").at(0).at("received") == 1);
    CHECK(handler.at("parties").at(0).at("mail") == "els@practice.test");
    REQUIRE(handler.at("timeline").size() == 4);
    CHECK(handler.at("timeline").at(0).at("by") == office.handler.name);
    const json doctor = page(office.doctor);
    CHECK(doctor.at("documents").at(0).at("mayRead") == true);
    CHECK(doctor.at("documents").at(0).at("name") == "verslag.pdf");
    const json dpo = page(office.dpo);
    CHECK(dpo.at("subject").is_null());
    CHECK(dpo.at("parties").at(0).at("mail").is_null());
    CHECK(dpo.dump().find("Maria") == std::string::npos);
    CHECK(dpo.dump().find("verslag.pdf") == std::string::npos);
}

TEST_CASE("A list holds the dossiers of its reader and no others") {
    Office office;
    const Story story(office);
    Console console(office);
    const auto list = [&](const ledger::StaffMember& staff) {
        return json::parse(console.call({http::Method::get, "/api/v1/dossiers", "", "", {}}, console.session_of(staff)).body);
    };
    CHECK(list(office.handler).size() == 1);
    CHECK(list(office.doctor).size() == 1);
    CHECK(list(office.other_handler).empty());
    CHECK(list(office.other_doctor).empty());
    const json dpo = list(office.dpo);
    REQUIRE(dpo.size() == 1);
    CHECK(dpo.at(0).at("subject").is_null());
    CHECK(dpo.at(0).at("requests").at("asked") == 1);
    CHECK(dpo.at(0).at("requests").at("received") == 1);
}

TEST_CASE("Signing in gives a cookie scripts cannot read; a wrong password and an unknown user look alike") {
    Office office;
    Console console(office);
    office.write([&](storage::Connection& connection) {
        ledger::Staff::put(connection, office.handler, crypto::hash_password(crypto::as_bytes("right password")), office.clock.now());
    });
    const auto sign_in = [&](const char* user, const char* password) {
        return console.call({http::Method::post, "/api/v1/session", "", json{{"user", user}, {"password", password}}.dump(), {}});
    };
    const auto right = sign_in("Sofie", "right password");
    REQUIRE(right.status == 200);
    CHECK(json::parse(right.body).at("user") == "sofie");
    const auto cookie = header(right, "Set-Cookie");
    CHECK(cookie.starts_with("__Host-session="));
    for (const char* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
        CHECK(cookie.find(part) != std::string::npos);
    }
    const auto token = cookie.substr(15, cookie.find(';') - 15);
    CHECK(console.call({http::Method::get, "/api/v1/session", "", "", {}}, token).status == 200);
    CHECK(console.call({http::Method::delete_, "/api/v1/session", "", "", {}}, token).status == 204);
    CHECK(console.call({http::Method::get, "/api/v1/session", "", "", {}}, token).status == 401);

    const auto wrong = sign_in("sofie", "wrong password");
    const auto unknown = sign_in("nobody", "wrong password");
    CHECK(wrong.status == 401);
    CHECK(unknown.status == 401);
    CHECK(wrong.body == unknown.body);
    CHECK(sign_in("nobody", "decoy").status == 401);
    CHECK(console.call({http::Method::post, "/api/v1/session", "", "[]", {}}).status == 401);
}

TEST_CASE("After too many wrong passwords even the right one waits") {
    Office office;
    Console console(office);
    office.write([&](storage::Connection& connection) {
        ledger::Staff::put(connection, office.handler, crypto::hash_password(crypto::as_bytes("right password")), office.clock.now());
        for (std::uint64_t failure = 0; failure < ledger::login_failures_free; ++failure) {
            ledger::Logins::failed(connection, "sofie", office.clock.now());
        }
    });
    const Ask ask{http::Method::post, "/api/v1/session", "", R"({"user":"sofie","password":"right password"})", {}};
    CHECK(console.call(ask).status == 429);
    office.clock.pass(policies::one_second);
    CHECK(console.call(ask).status == 200);
}

TEST_CASE("A state change from another site's page is refused") {
    Office office;
    Console console(office);
    const auto token = console.session_of(office.handler);
    Ask ask{http::Method::post, "/api/v1/dossiers", "", R"({"caseType":"medical-unfitness","caseNumber":"SOC-7","subject":"X"})", {}};
    ask.headers = {{"content-type", "text/plain"}};
    CHECK(console.call(ask, token).status == 403);
    ask.headers = {{"content-type", "application/json"}, {"sec-fetch-site", "cross-site"}};
    CHECK(console.call(ask, token).status == 403);
    ask.headers = {{"content-type", "application/json"}, {"sec-fetch-site", "same-site"}};
    CHECK(console.call(ask, token).status == 403);
    ask.headers = {{"content-type", "application/json"}, {"sec-fetch-site", "same-origin"}};
    CHECK(console.call(ask, token).status == 201);
}

TEST_CASE("A body of another shape is a 422 that names the field, and changes nothing") {
    Office office;
    const auto dossier = office.open_dossier();
    Console console(office);
    const auto token = console.session_of(office.handler);
    const std::string body = GENERATE(
        std::string("{"),
        std::string("[]"),
        std::string("{}"),
        std::string(R"({"role":1,"name":"x","mail":"a@b.c"})"),
        std::string(2000, '['),
        std::string("\xff\xfe")
    );
    const auto answer = console.call({http::Method::post, "/api/v1/dossiers/{id}/parties", dossier.text(), body, {}}, token);
    CHECK(answer.status == 422);
    CHECK(office.read([&](auto& connection) { return ledger::Parties::of_dossier(connection, dossier); }).empty());
}

TEST_CASE("A request without its consent is a 422 that names it") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    Console console(office);
    const json body = {
        {"party", party.text()},
        {"items", {{{"type", "medical-report"}, {"required", true}}}},
        {"deadline", (office.clock.now() + policies::one_day).text()},
        {"message", ""},
        {"language", "nl"}
    };
    const auto answer = console.call(
        {http::Method::post, "/api/v1/dossiers/{id}/requests", dossier.text(), body.dump(), {}}, console.session_of(office.handler)
    );
    CHECK(answer.status == 422);
    CHECK(answer.body.find("release-medical") != std::string::npos);
}

TEST_CASE("A file name from outside cannot leave its header field") {
    CHECK(console::content_disposition("a b.pdf") == "attachment; filename=\"document\"; filename*=UTF-8''a%20b.pdf");
    const auto hostile = console::content_disposition("x\"\r\nSet-Cookie: a=b;é/../");
    CHECK(hostile.find('\r') == std::string::npos);
    CHECK(hostile.find("Set-Cookie:") == std::string::npos);
    CHECK(hostile.find('/') == std::string::npos);
}

TEST_CASE("Sign-ins wait for each other and for nobody else, and not without end") {
    Office office;
    Console console(office);
    const Ask attempt{http::Method::post, "/api/v1/session", {}, R"({"user":"els","password":"wrong"})", {}};
    std::promise<void> over;
    auto until_over = over.get_future().share();
    for (int thread = 0; thread < 2; ++thread) {
        boost::asio::post(console.pool, [until_over] { until_over.wait(); });  // both threads of the pages are busy
    }
    CHECK(console.call(attempt).status == 401);
    console.sign_ins.waiting = 32;
    CHECK(console.call(attempt).status == 503);
    CHECK(console.sign_ins.waiting == 32);
    over.set_value();
}

TEST_CASE("Nothing is decided, logged or opened for a HEAD") {
    Office office;
    Console console(office);
    http::Request request;
    request.method = http::Method::head;
    const auto route = std::find_if(console.routes.begin(), console.routes.end(), [](const http::Route& one) {
        return one.pattern == "/api/v1/documents/{id}/content";
    });
    REQUIRE(route != console.routes.end());
    CHECK(console.run(*route, FakeExchange(std::move(request), std::string(32, 'a'), {})).status == 405);
}
