#include "gateway/cli/init.hpp"

#include "gateway/cli/ceremony.hpp"
#include "gateway/cli/flags.hpp"
#include "gateway/cli/installation.hpp"

#include "crypto/age/recipient.hpp"

#include <iostream>

namespace gateway::cli {
namespace {

constexpr const char* usage =
    "usage: sluis init --folder DIR --organisation NAME --public-host HOST --console-host HOST\n"
    "                  [--public-address ADDRESS:PORT] [--inner-address ADDRESS:PORT] [--console-address ADDRESS:PORT]\n"
    "                  [--mail smtp://HOST:PORT] [--mail-from ADDRESS] [--policies DIR] [--passphrase-file FILE]\n"
    "                  [--recovery-key FILE [--first-part-file FILE --second-part-file FILE] | --recovery-recipient age1…]\n"
    "\n"
    "Writes DIR/edge for the machine on the internet and DIR/core for the machine inside: configuration, keys, certificates.\n"
    "Neither folder holds anything of the other. DIR/*.vkey are the public keys that receipts are checked with.\n"
    "\n"
    "--recovery-key makes the key that brings everything back when the core machine is lost. Two people type one half of its passphrase\n"
    "each, of 10 characters or more, or bring it in a file (--first-part-file, --second-part-file); the key goes offline, with them.\n"
    "--recovery-recipient names one that was made elsewhere.\n";

std::string recovery_of(const Flags& flags) {
    const std::string recipient = flags.value("--recovery-recipient");
    const std::string key = flags.value("--recovery-key");
    if (!recipient.empty() && !key.empty()) {
        throw wrong_usage("--recovery-key or --recovery-recipient, not both");
    }
    if (!key.empty()) {
        return make_recovery_key({key, flags.value("--first-part-file"), flags.value("--second-part-file")});
    }
    if (!recipient.empty() && crypto::age::X25519Recipient::parse(recipient).has_error()) {
        throw wrong_usage("--recovery-recipient: " + recipient + " is not a recipient (age1…)");
    }
    return recipient;
}

Listen parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoul(port) > 65535) {
        throw wrong_usage(text + " is not ADDRESS:PORT");
    }
    return {text.substr(0, colon), static_cast<std::uint16_t>(std::stoul(port))};
}

}  // namespace

int run_init(std::span<const std::string_view> arguments) {
    const Flags flags(
        arguments,
        {.with_value =
             {"--folder",
              "--organisation",
              "--public-host",
              "--console-host",
              "--public-address",
              "--inner-address",
              "--console-address",
              "--mail",
              "--mail-from",
              "--policies",
              "--recovery-key",
              "--recovery-recipient",
              "--first-part-file",
              "--second-part-file",
              "--passphrase-file"},
         .switches = {"--help"}}
    );
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
    }
    InstallationPlan plan{
        .folder = flags.required("--folder"),
        .organisation = flags.required("--organisation"),
        .public_host = flags.required("--public-host"),
        .console_host = flags.required("--console-host"),
        .public_listen = parse_listen(flags.value("--public-address", "0.0.0.0:443")),
        .inner_listen = parse_listen(flags.value("--inner-address", "127.0.0.1:8444")),
        .console_listen = parse_listen(flags.value("--console-address", "127.0.0.1:8445")),
        .mail_url = flags.value("--mail", "smtp://127.0.0.1:25"),
        .mail_from = flags.value("--mail-from", "sluis@" + flags.required("--public-host")),
        .policies = flags.value("--policies", installed_policies().string()),
        .recovery = {},
        .passphrase_file = flags.value("--passphrase-file"),
    };
    expect_installable(plan);  // before two people make a key for nothing
    plan.recovery = recovery_of(flags);
    write_installation(plan);
    std::cout
        << "Written. Next:\n"
           "  1. copy "
        << (plan.folder / "edge").string() << " to the machine on the internet:  sluis-edge --config edge.json\n"
        << "  2. copy " << (plan.folder / "core").string() << " to the machine inside:  sluis-core --config core.json --add-staff\n"
        << "     (one JSON line an account: {\"user\":…,\"name\":…,\"mail\":…,\"roles\":[\"handler\"],\"password\":…}), then without it\n"
        << "  3. put a public authority's certificate in place of edge/public.pem and edge/public.key\n"
        << "  4. keep " << (plan.folder / "edge-log.vkey").string() << " and core-log.vkey: receipts are checked with them\n";
    if (const std::string key = flags.value("--recovery-key"); !key.empty()) {
        std::cout << "  5. take the recovery key " << key << " off this machine, with the two halves of its passphrase in two hands;\n"
                  << "     its recipient is " << plan.recovery << "\n"
                  << "     try it once documents have come in: sluis keys drill --config core.json --recovery-key FILE\n";
    }
    if (plan.passphrase_file.empty()) {
        std::cout
            << "The key-encryption identity core/kek.age is not protected: run again with --passphrase-file for anything but a trial.\n";
    }
    if (plan.recovery.empty()) {
        std::cout << "There is no recovery key: who loses core/kek.age loses every document. See --recovery-key in `sluis init --help`.\n";
    }
    std::cout << std::flush;
    return 0;
}

}  // namespace gateway::cli
