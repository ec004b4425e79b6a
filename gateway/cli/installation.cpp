#include "gateway/cli/installation.hpp"

#include "certs/authority.hpp"
#include "crypto/age/seal.hpp"
#include "crypto/note.hpp"
#include "crypto/open/identity.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace gateway::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

void write_private(const fs::path& file, std::string_view text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        throw Refusal(file.string() + ": cannot be made");
    }
    const bool whole = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!whole) {
        throw Refusal(file.string() + ": cannot be written");
    }
}

void write_json(const fs::path& file, const json& value) {
    write_private(file, value.dump(2) + "\n");
}

json read_json(const fs::path& file) {
    std::ifstream stream(file);
    auto value = json::parse(stream, nullptr, false);
    if (value.is_discarded()) {
        throw Refusal(file.string() + " is not JSON");
    }
    return value;
}

void make_folder(const fs::path& folder) {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
}

std::string with_port(const std::string& host, std::uint16_t port) {
    return port == 443 || port == 0 ? host : host + ":" + std::to_string(port);
}

std::string read_passphrase(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw Refusal(file.string() + ": cannot be read");
    }
    std::string passphrase;
    std::getline(stream, passphrase);
    if (passphrase.size() < 12) {
        throw Refusal(file.string() + ": the passphrase is shorter than 12 characters");
    }
    return passphrase;
}

// The identity that everything on the core machine is sealed to; itself an age file under a passphrase when there is one.
void write_key_encryption_identity(const InstallationPlan& plan, const fs::path& file, crypto::Random& random) {
    const auto identity = crypto::open::X25519Identity::generate(random);
    const crypto::SecretBytes text = identity.text();
    if (plan.passphrase_file.empty()) {
        write_private(file, std::string(text.expose_text()) + "\n");
        return;
    }
    const std::string passphrase = read_passphrase(plan.passphrase_file);
    const crypto::age::ScryptRecipient recipient(crypto::SecretBytes::copy_of(crypto::as_bytes(passphrase)));
    const crypto::age::Recipient* const recipients[] = {&recipient};
    const auto sealed = value_or_refuse(crypto::age::encrypt(recipients, text.expose(), random), "seal the identity");
    write_private(file, crypto::as_text(sealed));
}

// The case types and the texts they pin, nothing else that may lie in the folder.
void copy_policies(const fs::path& from, const fs::path& to) {
    make_folder(to);
    for (const auto& entry : fs::directory_iterator(from)) {
        if (entry.path().extension() == ".json") {
            fs::copy_file(entry.path(), to / entry.path().filename());
        }
    }
    if (fs::is_directory(from / "texts")) {
        fs::copy(from / "texts", to / "texts", fs::copy_options::recursive);
    }
}

json edge_config(const InstallationPlan& plan, const std::string& core_pin) {
    return {
        {"state", "state"},
        {"public",
         {{"address", plan.public_listen.address},
          {"port", plan.public_listen.port},
          {"hosts", {plan.public_host}},
          {"certificate", "public.pem"},
          {"key", "public.key"}}},
        {"inner",
         {{"address", plan.inner_listen.address},
          {"port", plan.inner_listen.port},
          {"hosts", {"edge-inner"}},
          {"certificate", "inner.pem"},
          {"key", "inner.key"},
          {"clientCa", "ca.pem"},
          {"client", core_pin}}},
        {"log", {{"key", "log.skey"}}},
        {"diskReserveBytes", 1073741824},
    };
}

json core_config(const InstallationPlan& plan, const std::string& edge_log) {
    json keys = {{"identity", "kek.age"}};
    if (!plan.recovery.empty()) {
        keys["recovery"] = plan.recovery;
    }
    if (!plan.passphrase_file.empty()) {
        keys["passphraseFile"] = fs::absolute(plan.passphrase_file).string();
    }
    return {
        {"state", "state"},
        {"console",
         {{"address", plan.console_listen.address},
          {"port", plan.console_listen.port},
          {"hosts", {plan.console_host}},
          {"certificate", "console.pem"},
          {"key", "console.key"}}},
        {"edge",
         {{"url", "https://" + with_port("edge-inner", plan.inner_listen.port)},
          {"connectTo", plan.inner_listen.address + ":" + std::to_string(plan.inner_listen.port)},
          {"ca", "ca.pem"},
          {"certificate", "link.pem"},
          {"key", "link.key"},
          {"log", edge_log},
          {"public", "https://" + with_port(plan.public_host, plan.public_listen.port)}}},
        {"log", {{"key", "log.skey"}}},
        {"keys", keys},
        {"mail", {{"url", plan.mail_url}, {"from", plan.mail_from}}},
        {"organisation", plan.organisation},
        {"policies", "policies"},
        {"pullSeconds", 1},
    };
}

}  // namespace

void expect_installable(const InstallationPlan& plan) {
    std::error_code ignored;
    if (fs::exists(plan.folder) && !fs::is_empty(plan.folder, ignored)) {
        throw Refusal(plan.folder.string() + " is not empty");
    }
    if (!fs::is_directory(plan.policies)) {
        throw Refusal(plan.policies.string() + ": there are no case types here");
    }
    if (!plan.passphrase_file.empty()) {
        static_cast<void>(read_passphrase(plan.passphrase_file));
    }
}

Installation write_installation(const InstallationPlan& plan) {
    expect_installable(plan);
    const fs::path edge = plan.folder / "edge";
    const fs::path core = plan.folder / "core";
    for (const auto& folder : {plan.folder, edge, core, edge / "state", core / "state"}) {
        make_folder(folder);
    }

    crypto::SystemRandom random;
    const auto edge_log = crypto::NoteSigner::generate(plan.public_host + "/edge", random);
    const auto core_log = crypto::NoteSigner::generate(plan.public_host + "/core", random);
    write_private(edge / "log.skey", std::string(edge_log.skey().expose_text()) + "\n");
    write_private(core / "log.skey", std::string(core_log.skey().expose_text()) + "\n");
    write_private(plan.folder / "edge-log.vkey", edge_log.verifier().vkey() + "\n");
    write_private(plan.folder / "core-log.vkey", core_log.verifier().vkey() + "\n");
    write_key_encryption_identity(plan, core / "kek.age", random);

    const auto authority = certs::Authority::create(plan.organisation + " Sluis");
    using Use = certs::Subject::Use;
    authority.write_certificate(plan.folder / "ca.pem");
    authority.write_certificate(edge / "ca.pem");
    authority.write_certificate(core / "ca.pem");
    authority.issue({plan.public_host, {plan.public_host}, Use::server}, {edge / "public.pem", edge / "public.key"});
    authority.issue({"edge-inner", {"edge-inner"}, Use::server}, {edge / "inner.pem", edge / "inner.key"});
    authority.issue({plan.console_host, {plan.console_host}, Use::server}, {core / "console.pem", core / "console.key"});
    const auto core_pin = authority.issue({"sluis-core", {}, Use::client}, {core / "link.pem", core / "link.key"});

    write_json(edge / "edge.json", edge_config(plan, core_pin));
    write_json(core / "core.json", core_config(plan, edge_log.verifier().vkey()));
    copy_policies(plan.policies, core / "policies");
    return {edge / "edge.json", core / "core.json", plan.folder / "ca.pem", edge_log.verifier().vkey(), core_log.verifier().vkey()};
}

void set_edge_ports(const Installation& installation, std::uint16_t public_port, std::uint16_t inner_port) {
    json config = read_json(installation.core_config);
    auto& edge = config.at("edge");
    const auto with = [](std::string url, std::uint16_t port) {
        const auto colon = url.find(':', std::string_view("https://").size());
        return url.substr(0, colon) + ":" + std::to_string(port);
    };
    edge["public"] = with(edge.at("public").get<std::string>(), public_port);
    edge["url"] = with(edge.at("url").get<std::string>(), inner_port);
    const auto address = edge.at("connectTo").get<std::string>();
    edge["connectTo"] = address.substr(0, address.rfind(':')) + ":" + std::to_string(inner_port);
    fs::remove(installation.core_config);
    write_json(installation.core_config, config);
}

fs::path installed_policies() {
    const fs::path program = fs::read_symlink("/proc/self/exe");
    return program.parent_path().parent_path() / "share" / "sluis" / "policies";
}

}  // namespace gateway::cli
