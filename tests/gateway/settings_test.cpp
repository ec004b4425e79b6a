#include "gateway/limits.hpp"
#include "gateway/settings.hpp"

#include "tests/catch.hpp"

#include <cstdlib>
#include <fstream>

using gateway::Settings;

namespace {

class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& content) const {
        std::ofstream(path_ / name) << content;
        return path_ / name;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a configuration without a fault gives its values") {
    const Folder folder;
    folder.write("tls.pem", "x");
    auto settings =
        Settings::load(folder.write("edge.json", R"({"public":{"address":"::1","port":443,"hosts":["a","b"],"certificate":"tls.pem"},
        "state":"state/../kept","pullSeconds":5,"loud":true,"mail":{"url":"smtp://m"}})"));
    CHECK(settings.text("public.address") == "::1");
    CHECK(settings.port("public.port") == 443);
    CHECK(settings.texts("public.hosts") == std::vector<std::string>{"a", "b"});
    CHECK(settings.file("public.certificate") == folder.path() / "tls.pem");
    CHECK(settings.place("state") == folder.path() / "kept");
    CHECK(settings.integer("pullSeconds", 1, 1, 60) == 5);
    CHECK(settings.integer("other", 7, 1, 60) == 7);
    CHECK(settings.flag("loud", false));
    CHECK(settings.flag("quiet", true));
    CHECK(settings.optional_text("mail.url") == "smtp://m");
    CHECK(settings.optional_text("mail.user", "nobody") == "nobody");
    CHECK(settings.optional_file("mail.ca").empty());
    CHECK(settings.faults().empty());
}

TEST_CASE("all faults are told at once, each with its path") {
    const Folder folder;
    auto settings =
        Settings::load(folder.write("edge.json", R"({"public":{"address":"","port":65536,"hosts":[],"certificate":"none.pem","colour":1},
        "pullSeconds":61,"loud":1,"extra":{},"odd":"x"})"));
    settings.text("public.address");
    settings.port("public.port");
    settings.texts("public.hosts");
    settings.file("public.certificate");
    settings.text("log.key");
    settings.integer("pullSeconds", 1, 1, 60);
    settings.flag("loud", false);
    settings.optional_text("odd.inside");
    settings.fault("public.hosts", "must hold the name of the certificate");
    const std::vector<std::string> expected{
        "public.address: must be a text that is not empty",
        "public.port: must be a number from 0 to 65535",
        "public.hosts: must be a list of texts, at least one",
        "public.certificate: there is no file " + (folder.path() / "none.pem").string(),
        "log.key: is missing",
        "pullSeconds: must be a number from 1 to 60",
        "loud: must be true or false",
        "public.hosts: must hold the name of the certificate",
        "extra: is not a setting",
        "odd: must be an object",
        "public.colour: is not a setting",
    };
    CHECK(settings.faults() == expected);
}

TEST_CASE("a port is 0 to 65535 and nothing like it") {
    const Folder folder;
    const auto faults_of = [&](const std::string& value) {
        auto settings = Settings::load(folder.write("c.json", "{\"port\":" + value + "}"));
        settings.port("port");
        return settings.faults().size();
    };
    CHECK(faults_of("0") == 0);
    CHECK(faults_of("65535") == 0);
    for (const auto* wrong : {"65536", "-1", "1.5", "\"443\"", "null", "[443]", "18446744073709551616"}) {
        CHECK(faults_of(wrong) == 1);
    }
}

TEST_CASE("a file that is no configuration is one fault") {
    const Folder folder;
    CHECK(Settings::load(folder.path() / "none.json").faults() == std::vector{(folder.path() / "none.json").string() + ": cannot be read"});
    CHECK(
        Settings::load(folder.write("list.json", "[]")).faults() ==
        std::vector{(folder.path() / "list.json").string() + ": must be a JSON object"}
    );
    CHECK_THAT(Settings::load(folder.write("cut.json", "{\"a\":")).faults().at(0), ContainsSubstring("is no JSON, byte"));
    CHECK(Settings::load(folder.write("empty.json", "")).faults().size() == 1);
    CHECK(Settings::load(folder.path()).faults().size() == 1);
}

TEST_CASE("a configuration over its size limit is refused, one of the limit is read") {
    const Folder folder;
    std::string padded = "{}";
    padded.append(gateway::limits::settings_bytes - padded.size(), ' ');
    CHECK(Settings::load(folder.write("full.json", padded)).faults().empty());
    CHECK_THAT(Settings::load(folder.write("over.json", padded + " ")).faults().at(0), ContainsSubstring("larger than 1 MiB"));
}

TEST_CASE("a member that is there twice is told") {
    const Folder folder;
    auto settings = Settings::load(folder.write("twice.json", R"({"a":{"b":"1"},"b":"x","a":{"b":"2"}})"));
    settings.text("a.b");
    settings.text("b");
    CHECK(settings.faults() == std::vector<std::string>{"a: is there twice"});
}

TEST_CASE("a list of objects is read member by member, and a stranger in one of them is named") {
    const Folder folder;
    auto settings =
        Settings::load(folder.write("core.json", R"({"issuers":[{"issuer":"a"},{"issuer":"b","odd":1}],"names":["x"],"bad":[1]})"));
    REQUIRE(settings.objects("issuers") == 2);
    CHECK(settings.text("issuers.0.issuer") == "a");
    CHECK(settings.text("issuers.1.issuer") == "b");
    CHECK(settings.objects("none") == 0);
    CHECK(settings.texts("names").size() == 1);
    CHECK(settings.objects("bad") == 0);
    CHECK(settings.text("issuers.2.issuer").empty());
    CHECK(settings.text("issuers.x.issuer").empty());
    CHECK(
        settings.faults() ==
        std::vector<std::string>{
            "bad: must be a list of objects",
            "issuers.2.issuer: is missing",
            "issuers.x.issuer: is missing",
            "issuers.1.odd: is not a setting"
        }
    );
}
