// Mail against a server we did not write, read back by Python's own parser.
#include "crypto/encoding.hpp"
#include "gateway/client/message.hpp"
#include "gateway/client/smtp.hpp"

#include "tests/catch.hpp"
#include "tests/gateway/client/peer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace gateway::client;
using tests::Peer;

namespace {

Mail mail() {
    Mail one;
    one.to = "els@praktijk.example";
    one.subject = "Dossier 2026-0042";
    one.text = "Beste,\n\nGa naar https://upload.stad.example/u#abc=.\n.\nMet vriendelijke groet — één dienst\n";
    one.message_id = "<0123@stad.example>";
    one.date = "Tue, 24 Nov 2026 10:00:00 +0000";
    return one;
}

std::string read(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

// Subject and text as a foreign mail program reads them.
nlohmann::json parsed(const Peer& peer) {
    const std::string program =
        "import email,email.policy,json,sys; m=email.message_from_binary_file(open(sys.argv[1],'rb'),policy=email.policy.default);"
        "json.dump({'subject':m['subject'],'text':m.get_content(),'from':m['from'],'to':m['to'],'id':m['message-id'],"
        "'date':m['date'],'type':m.get_content_type(),'defects':[str(d) for d in m.defects]},open(sys.argv[2],'w'))";
    const auto command =
        "/usr/bin/python3 -c \"" + program + "\" " + peer.file("mail.eml").string() + " " + peer.file("mail.json").string();
    REQUIRE(std::system(command.c_str()) == 0);
    return nlohmann::json::parse(read(peer.file("mail.json")));
}

SmtpOptions options_for(const Peer& peer) {
    SmtpOptions options;
    options.url = "smtp://" + peer.at();
    options.from = "sluis@stad.example";
    options.timeout_seconds = 5;
    return options;
}

}  // namespace

TEST_CASE("a mail arrives as it was written") {
    const Peer peer("smtp");
    const auto sent = send_mail(options_for(peer), mail());
    REQUIRE(sent);
    const auto envelope = nlohmann::json::parse(read(peer.file("envelope.json")));
    CHECK(envelope.at("from") == "sluis@stad.example");
    CHECK(envelope.at("to") == nlohmann::json::array({"els@praktijk.example"}));
    const auto seen = parsed(peer);
    CHECK(seen.at("subject") == mail().subject);
    auto text = seen.at("text").get<std::string>();
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());  // lines end in CRLF on the wire
    CHECK(text == mail().text);
    CHECK(seen.at("from") == "sluis@stad.example");
    CHECK(seen.at("to") == "els@praktijk.example");
    CHECK(seen.at("id") == mail().message_id);
    CHECK(seen.at("date") == mail().date);
    CHECK(seen.at("type") == "text/plain");
    CHECK(seen.at("defects").empty());
}

TEST_CASE("who writes stands beside the address and below the text") {
    const Peer peer("smtp");
    auto options = options_for(peer);
    for (const std::string sender : {"Stad Voorbeeld", "Ville d'Été, \"Service\" <social@evil.example>"}) {
        options.sender = sender;
        REQUIRE(send_mail(options, mail()));
        const auto seen = parsed(peer);
        CHECK(seen.at("defects").empty());
        CHECK(seen.at("from").get<std::string>().ends_with("<sluis@stad.example>"));
        const auto envelope = nlohmann::json::parse(read(peer.file("envelope.json")));
        CHECK(envelope.at("from") == "sluis@stad.example");
        auto text = seen.at("text").get<std::string>();
        text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
        CHECK(text == mail().text + "\n" + sender + "\n");
    }
    const auto whole = read(peer.file("mail.eml"));
    CHECK(whole.substr(0, whole.find("\r\n\r\n")).find("social@evil.example") == std::string::npos);  // encoded: it is no address
    options.sender = "Stad\r\nBcc: evil@example";
    CHECK(send_mail(options, mail()).error() == Errc::smtp);
}

TEST_CASE("a subject in any alphabet arrives whole, however long") {
    const Peer peer("smtp");
    for (const std::string& subject :
         {std::string("Één stuk ontbreekt"),
          std::string("=?UTF-8?B?eHg=?= is plain text"),
          std::string(200, 'a'),
          std::string("€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€")}) {
        auto one = mail();
        one.subject = subject;
        REQUIRE(send_mail(options_for(peer), one));
        CHECK(parsed(peer).at("subject") == subject);
        std::istringstream lines(read(peer.file("mail.eml")));
        for (std::string line; std::getline(lines, line);) {
            CHECK(line.size() <= 77);  // with the CR that getline leaves
        }
    }
}

TEST_CASE("fields that would break out of their line are refused") {
    const auto refused = [](const Mail& one, const std::string& from = "a@b") {
        const auto message = message_of({from, {}}, one);
        return message.has_error() && message.error() == Errc::smtp;
    };
    CHECK_FALSE(refused(mail()));
    for (const auto* subject : {"a\r\nBcc: evil@example", "a\nb", "a\rb", "a\tb", "\x7f"}) {
        auto one = mail();
        one.subject = subject;
        CHECK(refused(one));
    }
    for (const auto* to : {"", "a", "@b", "a@", "a@b@c", "a@b\r\nX: y", "a b@c", "<a@b>", "a@b,c@d", "\xc3\xa9@b", "a@b c", "\"a\"@b"}) {
        auto one = mail();
        one.to = to;
        CHECK(refused(one));
        CHECK(refused(mail(), to));
    }
    auto one = mail();
    one.to = std::string(252, 'a') + "@b";
    CHECK_FALSE(refused(one));
    one.to.insert(0, "a");
    CHECK(refused(one));
    one = mail();
    one.message_id = "<a\r\nX: y@b>";
    CHECK(refused(one));
    one = mail();
    one.date = "now\r\nX: y";
    CHECK(refused(one));
}

TEST_CASE("a server that says no for good, one that says not now, and one that is not there are told apart") {
    const Peer peer("smtp-refusing");
    const auto said_no = send_mail(options_for(peer), mail());
    REQUIRE(said_no.has_error());
    CHECK(said_no.error() == Errc::mail_refused);
    const Peer busy("smtp-busy");
    const auto not_now = send_mail(options_for(busy), mail());
    REQUIRE(not_now.has_error());
    CHECK(not_now.error() == Errc::smtp);
    auto options = options_for(peer);
    options.url = "smtp://127.0.0.1:1";
    const auto nobody = send_mail(options, mail());
    REQUIRE(nobody.has_error());
    CHECK(nobody.error() == Errc::unreachable);
}

TEST_CASE("mail goes in clear to this machine and to nothing that only looks like it") {
    for (const auto* url : {"smtp://127.0.0.1:25", "smtp://127.8.9.10", "smtp://localhost:2525", "smtp://[::1]:25"}) {
        CAPTURE(url);
        CHECK(is_this_machine(url));
    }
    for (const auto* url :
         {"smtp://127.mail.example",
          "smtp://localhost.example:25",
          "smtp://localhost:25@mail.example",
          "smtp://[::1]@mail.example",
          "smtp://128.0.0.1",
          "smtp://[::2]",
          ""}) {
        CAPTURE(url);
        CHECK_FALSE(is_this_machine(url));
    }
}

TEST_CASE("no password and no mail goes out in clear where TLS is wanted") {
    const Peer peer("smtp");
    auto options = options_for(peer);
    options.user = "sluis";
    options.password = "secret";
    const auto with_password = send_mail(options, mail());
    REQUIRE(with_password.has_error());
    CHECK(with_password.error() == Errc::tls);
    options = options_for(peer);
    options.ca = "/etc/ssl/certs/ca-certificates.crt";
    const auto with_authority = send_mail(options, mail());
    REQUIRE(with_authority.has_error());
    CHECK(with_authority.error() == Errc::tls);
    CHECK_FALSE(std::filesystem::exists(peer.file("mail.eml")));
}
