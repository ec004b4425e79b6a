#include "gateway/cli/installation.hpp"

#include "crypto/note.hpp"
#include "crypto/open/open.hpp"
#include "tests/catch.hpp"

#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

struct Scratch {
    Scratch() {
        std::string name = (fs::temp_directory_path() / "sluis-installation-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        fs::create_directories(folder / "policies" / "texts");
        std::ofstream(folder / "policies" / "medical-unfitness.json") << "{}";
        std::ofstream(folder / "policies" / "README.md") << "not a case type";
    }
    ~Scratch() { fs::remove_all(folder); }

    gateway::cli::InstallationPlan plan() const {
        return {
            .folder = folder / "made",
            .organisation = "Stad Voorbeeld",
            .public_host = "upload.example",
            .console_host = "console.example",
            .public_listen = {"127.0.0.1", 8443},
            .inner_listen = {"127.0.0.1", 0},
            .console_listen = {"127.0.0.1", 8445},
            .mail_url = "smtp://127.0.0.1:25",
            .mail_from = "sluis@upload.example",
            .policies = folder / "policies",
            .passphrase_file = {},
        };
    }

    fs::path folder;
};

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the edge's folder holds nothing that opens a document, and core's nothing of the edge's keys", "[cli]") {
    const Scratch scratch;
    const auto made = gateway::cli::write_installation(scratch.plan());
    for (const auto& entry : fs::recursive_directory_iterator(scratch.folder / "made" / "edge")) {
        if (entry.is_regular_file()) {
            CHECK(read(entry.path()).find("AGE-SECRET-KEY") == std::string::npos);
            struct stat status{};
            REQUIRE(::stat(entry.path().c_str(), &status) == 0);
            CHECK(((status.st_mode & 0077) == 0 || entry.path().extension() == ".pem"));
        }
    }
    CHECK(read(scratch.folder / "made/core/kek.age").starts_with("AGE-SECRET-KEY-1"));
    const auto edge_key = read(scratch.folder / "made/edge/log.skey");
    for (const auto& entry : fs::recursive_directory_iterator(scratch.folder / "made" / "core")) {
        if (entry.is_regular_file()) {
            CHECK(read(entry.path()).find(edge_key.substr(0, 60)) == std::string::npos);
        }
    }
    CHECK(crypto::NoteVerifier::parse(made.edge_log).has_value());
    CHECK(fs::exists(scratch.folder / "made/core/policies/medical-unfitness.json"));
    CHECK_FALSE(fs::exists(scratch.folder / "made/core/policies/README.md"));
}

TEST_CASE("with a passphrase the key-encryption identity opens with that passphrase only", "[cli]") {
    const Scratch scratch;
    auto plan = scratch.plan();
    plan.passphrase_file = scratch.folder / "passphrase";
    std::ofstream(plan.passphrase_file) << "twelve or more characters\n";
    gateway::cli::write_installation(plan);
    const auto sealed = read(scratch.folder / "made/core/kek.age");
    CHECK(sealed.find("AGE-SECRET-KEY") == std::string::npos);

    const auto opens = [&sealed](std::string_view passphrase) {
        const crypto::open::ScryptIdentity identity(crypto::SecretBytes::copy_of(crypto::as_bytes(passphrase)));
        const crypto::open::Identity* const identities[] = {&identity};
        const auto text = crypto::open::decrypt(identities, crypto::as_bytes(sealed));
        return text.has_value() && text->expose_text().starts_with("AGE-SECRET-KEY-1");
    };
    CHECK(opens("twelve or more characters"));
    CHECK_FALSE(opens("another passphrase"));
}

TEST_CASE("an installation is never written over another", "[cli]") {
    const Scratch scratch;
    gateway::cli::write_installation(scratch.plan());
    CHECK_THROWS_AS(gateway::cli::write_installation(scratch.plan()), gateway::cli::Refusal);
}

TEST_CASE("core learns the ports that the edge was given", "[cli]") {
    const Scratch scratch;
    const auto made = gateway::cli::write_installation(scratch.plan());
    gateway::cli::set_edge_ports(made, 40001, 40002);
    const auto config = read(made.core_config);
    CHECK(config.find("https://upload.example:40001") != std::string::npos);
    CHECK(config.find("https://edge-inner:40002") != std::string::npos);
    CHECK(config.find("127.0.0.1:40002") != std::string::npos);
}
