#include "gateway/core/config.hpp"

#include "crypto/note.hpp"
#include "gateway/core/issuers.hpp"

#include <fstream>

namespace gateway::core {

namespace {

constexpr std::int64_t pull_seconds_max = 300;
constexpr std::size_t password_max = 1000;

// An https origin: scheme, host and port, nothing behind.
std::string origin(Settings& settings, const char* path) {
    std::string url = settings.text(path);
    constexpr std::string_view scheme = "https://";
    if (!url.empty() &&
        (!url.starts_with(scheme) || url.size() == scheme.size() || url.find_first_of("/?# ", scheme.size()) != std::string::npos)) {
        settings.fault(path, "must be an https address without a path: https://host or https://host:port");
    }
    return url;
}

http::ListenOptions read_console(Settings& settings) {
    http::ListenOptions console;
    console.address = settings.text("console.address");
    console.port = settings.port("console.port");
    console.hosts = settings.texts("console.hosts");
    console.tls.certificate = settings.file("console.certificate");
    console.tls.key = settings.file("console.key");
    console.portal = true;
    return console;
}

client::ClientOptions read_edge(Settings& settings) {
    client::ClientOptions edge;
    edge.bytes_per_second_min = limits::inner_bytes_per_second_min;
    edge.base = origin(settings, "edge.url");
    edge.connect_to = settings.optional_text("edge.connectTo");
    edge.ca = settings.file("edge.ca");
    edge.certificate = settings.file("edge.certificate");
    edge.key = settings.file("edge.key");
    return edge;
}

client::SmtpOptions read_mail(Settings& settings) {
    client::SmtpOptions mail;
    mail.url = settings.text("mail.url");
    if (!mail.url.empty() && !mail.url.starts_with("smtp://") && !mail.url.starts_with("smtps://")) {
        settings.fault("mail.url", "must begin with smtp:// or smtps://");
    }
    mail.from = settings.text("mail.from");
    mail.ca = settings.optional_file("mail.ca");
    mail.user = settings.optional_text("mail.user");
    if (const auto file = settings.optional_file("mail.passwordFile"); !file.empty()) {
        std::ifstream stream(file);
        std::getline(stream, mail.password);
        if (mail.password.empty() || mail.password.size() > password_max) {
            settings.fault("mail.passwordFile", "must hold the password in its first line");
        }
    }
    return mail;
}

// The identity may not be there yet: `keys recover` makes it. Whoever needs it says so when it opens it.
KeyFiles read_keys(Settings& settings) {
    KeyFiles keys;
    keys.identity = settings.place("keys.identity");
    if (auto passphrase = settings.optional_file("keys.passphraseFile"); !passphrase.empty()) {
        keys.passphrase = std::move(passphrase);
    }
    keys.recovery = settings.optional_text("keys.recovery");
    if (!keys.recovery.empty() && crypto::age::X25519Recipient::parse(keys.recovery).has_error()) {
        settings.fault("keys.recovery", "must be a recipient: age1…");
    }
    return keys;
}

std::string host_of(Settings& settings, const std::string& address) {
    const auto at = address.find('@');
    const std::string host = at == std::string::npos ? std::string() : address.substr(at + 1);
    const bool plain = host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == std::string::npos;
    if (!address.empty() && (host.empty() || !plain || at == 0)) {
        settings.fault("mail.from", "must be a mail address");
    }
    return host;
}

}  // namespace

Config read_config(const std::filesystem::path& file) {
    auto settings = Settings::load(file);
    Config config;
    config.state = settings.place("state");
    config.console = read_console(settings);
    config.edge = read_edge(settings);
    config.edge_log = settings.text("edge.log");
    if (!config.edge_log.empty() && crypto::NoteVerifier::parse(config.edge_log).has_error()) {
        settings.fault("edge.log", "must be the verifier key of the edge's log: name+hash+base64");
    }
    config.edge_public = origin(settings, "edge.public");
    config.log_key = settings.file("log.key");
    config.keys = read_keys(settings);
    config.mail = read_mail(settings);
    config.mail_host = host_of(settings, config.mail.from);
    config.organisation = settings.text("organisation");
    config.mail.sender = config.organisation;
    config.policies = settings.place("policies");
    config.pull_every = Loop::Pause(settings.integer("pullSeconds", 1, 1, pull_seconds_max) * 1000);
    config.issuers = read_issuers(settings);
    config.faults = settings.faults();
    return config;
}

std::string console_url(const http::ListenOptions& console, std::uint16_t port) {
    return "https://" + console.hosts.front() + (port == 443 ? std::string() : ":" + std::to_string(port));
}

}  // namespace gateway::core
