#include "gateway/cli/age.hpp"

#include "gateway/cli/age_files.hpp"
#include "gateway/cli/age_keys.hpp"
#include "gateway/cli/age_options.hpp"
#include "gateway/cli/age_payload.hpp"
#include "gateway/cli/refusal.hpp"
#include "gateway/cli/undo_on_signal.hpp"
#include "gateway/clock.hpp"

#include "crypto/age/inspect.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace gateway::cli {

namespace {

namespace age = crypto::age;

constexpr const char* usage = R"(usage: sluis age keygen  [--pq] [-o OUT]                a new identity; --pq: post-quantum
       sluis age keygen  -y [-o OUT] [IDENTITY]           its recipient
       sluis age encrypt (-r RECIPIENT | -R FILE | -i IDENTITY)… [-a] [-o OUT] [IN]
       sluis age encrypt -p [--passphrase-file FILE] [-a] [-o OUT] [IN]
       sluis age decrypt [-i IDENTITY]… [--passphrase-file FILE] [-o OUT] [IN]
       sluis age inspect [--json] [IN]
       sluis age rewrap  -i IDENTITY… (-r RECIPIENT | -R FILE)… [-a] -o OUT [IN]

Reads standard input without IN and writes standard output without OUT. A passphrase is asked for at the terminal unless it is in FILE.
Exit codes: 2 wrong usage, 3 no match, 4 header changed, 5 not an age file, 6 content damaged, 7 armor, 8 limit, 9 reading or writing.
)";

constexpr const char* recipients_differ =
    "these recipients do not go together: one is named twice or cannot be used, there are more than 64, or only some are post-quantum";

// A header, and then a payload, on their way out: through armor when that is asked for.
class AgeDestination {
public:
    AgeDestination(AgeOutput& output, bool armored) : output_(output) {
        if (armored) {
            armor_.emplace([&output](crypto::ByteView bytes) { return output.write(bytes); });
        } else if (output.is_terminal()) {
            throw wrong_usage("an age file is not for a terminal; use -o FILE, or -a for text");
        }
    }

    crypto::Result<void> write(crypto::ByteView bytes) { return armor_ ? armor_->update(bytes) : output_.write(bytes); }
    void finish() {
        if (armor_ && !armor_->finish()) {
            throw output_.failure();
        }
        output_.commit();
    }

private:
    AgeOutput& output_;
    std::optional<age::ArmorWriter> armor_;
};

// An error on the way out was the output's when the output says so.
void expect(const crypto::Result<void>& result, const AgeOutput& output, const std::string& input) {
    if (result) {
        return;
    }
    throw result.error() == crypto::Errc::io ? output.failure() : AgeFailure(result.error(), input);
}

void write_text(AgeOutput& output, std::string_view text) {
    expect(output.write(crypto::as_bytes(text)), output, {});
}

Recipients named_recipients(const AgeOptions& options) {
    Recipients recipients;
    for (const std::string& text : options.recipients) {
        recipients.push_back(recipient_of(text));
    }
    for (const std::string& path : options.recipients_files) {
        add_recipients_file(recipients, path);
    }
    return recipients;
}

Identities named_identities(const AgeOptions& options) {
    Identities identities;
    for (const std::string& path : options.identities) {
        for (auto& identity : read_identity_file(path, options.passphrase_file)) {
            identities.push_back(std::move(identity));
        }
    }
    return identities;
}

std::unique_ptr<crypto::open::KeyIdentity> new_identity(bool post_quantum) {
    crypto::SystemRandom random;
    if (!post_quantum) {
        return std::make_unique<crypto::open::X25519Identity>(crypto::open::X25519Identity::generate(random));
    }
    auto identity = crypto::open::HybridIdentity::generate(random);
    if (!identity) {
        throw wrong_usage(needs_newer_openssl("--pq makes a post-quantum identity"));
    }
    return std::make_unique<crypto::open::HybridIdentity>(std::move(*identity));
}

// What is read would be replaced by what is written, and may be all there is.
void expect_two_files(const AgeOptions& options) {
    std::error_code none;
    const bool same = std::filesystem::equivalent(options.input, options.output, none);
    if (same && std::filesystem::is_regular_file(options.input, none)) {
        throw wrong_usage(options.output + " is the file that is read: give -o another name");
    }
}

int keygen(const AgeOptions& options) {
    if (options.convert) {
        AgeOutput output(options.output);
        for (const auto& identity : read_identity_file(options.input.empty() ? "-" : options.input, options.passphrase_file)) {
            write_text(output, identity->recipient().text() + '\n');
        }
        output.commit();
        return 0;
    }
    if (!options.input.empty()) {
        throw wrong_usage("keygen makes a new identity and reads no file; -y reads one");
    }
    const auto identity = new_identity(options.post_quantum);
    const std::string recipient = identity->recipient().text();
    AgeOutput output(options.output, AgeOutput::Kind::secret);
    const std::string now = SystemClock().now().text().substr(0, 19) + 'Z';
    write_text(output, "# created: " + now + "\n# public key: " + recipient + '\n');
    const crypto::SecretBytes secret = identity->text();
    write_text(output, secret.expose_text());
    write_text(output, "\n");
    output.commit();
    if (!output.is_terminal()) {
        std::fprintf(stderr, "Public key: %s\n", recipient.c_str());
    }
    return 0;
}

int encrypt(const AgeOptions& options) {
    expect_two_files(options);
    Recipients recipients = named_recipients(options);
    const bool by_passphrase = options.passphrase || (!options.passphrase_file.empty() && options.identities.empty());
    for (const auto& path : options.identities) {
        for (const auto& identity : read_identity_file(path, options.passphrase_file)) {
            recipients.push_back(recipient_of(identity->recipient().text()));
        }
    }
    if (by_passphrase != recipients.empty()) {
        throw wrong_usage(
            by_passphrase ? "a passphrase stands alone: no -r, -R or -i beside it" : "for whom? Give -r RECIPIENT, -R FILE or -p"
        );
    }
    AgeInput input(options.input);
    AgeOutput output(options.output);
    AgeDestination destination(output, options.armor);
    if (by_passphrase) {
        recipients.push_back(std::make_unique<age::ScryptRecipient>(passphrase(options.passphrase_file, "New passphrase", Ask::twice)));
    }
    crypto::SystemRandom random;
    const auto file = age::start_file(pointers(recipients), random);
    if (!file) {
        throw wrong_usage(recipients_differ);
    }
    const auto write = [&](crypto::ByteView bytes) { expect(destination.write(bytes), output, input.name()); };
    write(file->beginning);
    seal_payload(*file, input, write);
    destination.finish();
    return 0;
}

bool is_sealed_by_passphrase(const age::Header& header) {
    return std::ranges::any_of(header.stanzas, [](const age::Stanza& stanza) { return stanza.type == "scrypt"; });
}

// The identities of the command line, or a passphrase when the file wants one.
Identities identities_for(const age::Header& header, const AgeOptions& options, const std::string& name) {
    Identities identities = named_identities(options);
    if (identities.empty() && options.passphrase_file.empty() && !is_sealed_by_passphrase(header)) {
        throw wrong_usage(name + ": sealed to recipients; name an identity file with -i");
    }
    if (identities.empty()) {
        auto secret = passphrase(options.passphrase_file, "Passphrase", Ask::once);
        identities.push_back(std::make_unique<crypto::open::ScryptIdentity>(std::move(secret)));
    }
    return identities;
}

// A well-formed header first: what is no age file is said to be none before anybody is asked for a key.
void check_header(const age::Header& header, const std::string& name) {
    const auto inspection = age::inspect(header);
    if (!inspection) {
        throw AgeFailure(inspection.error(), name);
    }
}

int decrypt(const AgeOptions& options) {
    expect_two_files(options);
    AgeInput input(options.input);
    AgeSource source(input);
    const age::Header header = source.header();
    check_header(header, input.name());
    const Identities identities = identities_for(header, options, input.name());
    const auto file_key = crypto::open::open_header(header, pointers(identities));
    if (!file_key) {
        throw unopened(header, file_key.error(), input.name());
    }
    AgeOutput output(options.output);
    open_payload(source, *file_key, output, input.name());
    output.commit();
    return 0;
}

int inspect(const AgeOptions& options) {
    AgeInput input(options.input);
    AgeSource source(input);
    const age::Header header = source.header();
    const auto inspection = age::inspect(header);
    if (!inspection) {
        throw AgeFailure(inspection.error(), input.name());
    }
    std::uint64_t total = input.size().value_or(0);
    if (source.armored() || !input.size()) {
        total = inspection->header_size;
        source.payload([&total](crypto::ByteView bytes) -> crypto::Result<void> {
            total += bytes.size();
            return {};
        });
    }
    const auto plain = age::plain_size_of(header, total);
    if (!plain) {
        throw AgeFailure(crypto::Errc::payload, input.name() + ": cut short or lengthened; no content has this size");
    }
    if (options.json) {
        const nlohmann::ordered_json described{
            {"version", "age-encryption.org/v1"},
            {"armor", source.armored()},
            {"stanza_types", inspection->types},
            {"sizes", {{"header", inspection->header_size}, {"payload", total - inspection->header_size}, {"plain", *plain}}},
        };
        std::printf("%s\n", described.dump().c_str());
        return 0;
    }
    std::string types;
    for (const std::string& type : inspection->types) {
        types += (types.empty() ? "" : ", ") + type;
    }
    std::printf("%s: age file%s\n", input.name().c_str(), source.armored() ? ", armored" : "");
    std::printf("  sealed to  %s\n", types.c_str());
    std::printf("  header     %zu bytes\n", inspection->header_size);
    std::printf("  payload    %llu bytes\n", static_cast<unsigned long long>(total - inspection->header_size));
    std::printf("  content    %llu bytes\n", static_cast<unsigned long long>(*plain));
    return 0;
}

int rewrap(const AgeOptions& options) {
    const Recipients recipients = named_recipients(options);
    if (options.identities.empty() || recipients.empty() || options.output.empty()) {
        throw wrong_usage("rewrap needs -i IDENTITY, -r RECIPIENT and -o OUT");
    }
    AgeInput input(options.input);
    AgeSource source(input);
    const age::Header header = source.header();
    check_header(header, input.name());
    const Identities identities = named_identities(options);
    crypto::SystemRandom random;
    const auto wrapped = crypto::open::rewrap(header, pointers(identities), pointers(recipients), random);
    if (!wrapped && wrapped.error() == crypto::Errc::format) {
        throw wrong_usage(recipients_differ);
    }
    if (!wrapped) {
        throw unopened(header, wrapped.error(), input.name());
    }
    AgeOutput output(options.output);
    AgeDestination destination(output, options.armor);
    expect(destination.write(crypto::as_bytes(*wrapped)), output, input.name());
    std::uint64_t payload = 0;
    source.payload([&](crypto::ByteView bytes) {
        payload += bytes.size();
        const auto written = destination.write(bytes);
        if (!written) {
            throw output.failure();
        }
        return written;
    });
    if (!age::plain_size(payload)) {  // its content cannot be checked without reading it, its length can
        throw AgeFailure(crypto::Errc::payload, input.name() + ": cut short or lengthened; no content has this size");
    }
    destination.finish();
    return 0;
}

struct AgeCommand {
    std::string_view name;
    std::vector<std::string_view> flags;
    int (*run)(const AgeOptions& options);
};

}  // namespace

int run_age(std::span<const std::string_view> arguments) {
    if (arguments.empty()) {
        throw wrong_usage("keygen, encrypt, decrypt, inspect or rewrap? `sluis age --help` says more");
    }
    if (std::ranges::find(arguments, std::string_view("--help")) != arguments.end()) {
        std::fputs(usage, stdout);
        return 0;
    }
    const std::vector<AgeCommand> commands{
        {"keygen", {"-o", "-y", "--pq", "--passphrase-file"}, keygen},
        {"encrypt", {"-r", "-R", "-i", "-o", "-p", "-a", "--passphrase-file"}, encrypt},
        {"decrypt", {"-i", "-o", "--passphrase-file"}, decrypt},
        {"inspect", {"--json"}, inspect},
        {"rewrap", {"-r", "-R", "-i", "-o", "-a", "--passphrase-file"}, rewrap},
    };
    for (const AgeCommand& command : commands) {
        if (command.name != arguments.front()) {
            continue;
        }
        try {
            undo_on_signals();
            return command.run(parse_age_options(arguments.subspan(1), command.flags));
        } catch (const AgeFailure& failure) {
            std::fprintf(stderr, "sluis age: %s\n", failure.what());
            return failure.exit_code();
        }
    }
    throw wrong_usage("there is no '" + std::string(arguments.front()) + "'; keygen, encrypt, decrypt, inspect and rewrap there are");
}

}  // namespace gateway::cli
