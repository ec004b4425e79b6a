#include "gateway/edge/config.hpp"

#include "crypto/digest.hpp"
#include "gateway/settings.hpp"

namespace gateway::edge {
namespace {

constexpr std::int64_t reserve_default = 1LL << 30;
constexpr std::int64_t reserve_max = 1LL << 50;

http::ListenOptions read_listener(Settings& settings, const std::string& name) {
    http::ListenOptions options;
    options.address = settings.text(name + ".address");
    options.port = settings.port(name + ".port");
    options.hosts = settings.texts(name + ".hosts");
    options.tls.certificate = settings.file(name + ".certificate");
    options.tls.key = settings.file(name + ".key");
    return options;
}

// Names and certificate are the public listener's: it is the same server, for others.
http::ListenOptions read_machines(Settings& settings, const http::ListenOptions& outer) {
    http::ListenOptions options;
    options.address = settings.text("machines.address");
    options.port = settings.port("machines.port");
    options.hosts = outer.hosts;
    options.tls = outer.tls;
    options.tls.client_ca = settings.optional_file("machines.clientCa");
    options.tls.client_optional = true;
    return options;
}

}  // namespace

Config read_config(const std::filesystem::path& file) {
    auto settings = Settings::load(file);
    Config config;
    config.state = settings.place("state");
    config.outer = read_listener(settings, "public");
    config.outer.portal = true;
    config.inner = read_listener(settings, "inner");
    config.inner.tls.client_ca = settings.file("inner.clientCa");
    if (settings.has("machines")) {
        config.machines = read_machines(settings, config.outer);
    }
    config.core_certificate = settings.text("inner.client");
    if (!config.core_certificate.empty() && !crypto::Digest::from_hex(config.core_certificate)) {
        settings.fault("inner.client", "must be the SHA-256 of core's certificate: 64 lower-case hex digits");
    }
    config.log_key = settings.file("log.key");
    config.disk_reserve = static_cast<std::uint64_t>(settings.integer("diskReserveBytes", reserve_default, 0, reserve_max));
    config.security_contact = settings.optional_text("securityContact");
    if (!config.security_contact.empty() && !config.security_contact.starts_with("mailto:") &&
        !config.security_contact.starts_with("https://")) {
        settings.fault("securityContact", "must be a mailto: or https: address (RFC 9116)");
    }
    if (config.security_contact.find_first_of("\r\n") != std::string::npos) {
        settings.fault("securityContact", "must be one line");
    }
    config.faults = settings.faults();
    return config;
}

}  // namespace gateway::edge
