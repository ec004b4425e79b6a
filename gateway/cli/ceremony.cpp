#include "gateway/cli/ceremony.hpp"

#include "gateway/cli/age_files.hpp"
#include "gateway/cli/age_keys.hpp"
#include "gateway/cli/refusal.hpp"
#include "gateway/cli/undo_on_signal.hpp"

#include "crypto/age/seal.hpp"

namespace gateway::cli {

namespace {

constexpr std::size_t part_min = 10;  // bytes

crypto::SecretBytes ask_part(const std::string& file, const std::string& who) {
    auto part = passphrase(
        file, who + " person: your half of the recovery passphrase (at least " + std::to_string(part_min) + " characters)", Ask::twice
    );
    if (part.size() < part_min) {
        throw Refusal("each half of the recovery passphrase has at least " + std::to_string(part_min) + " characters");
    }
    return part;
}

}  // namespace

std::string make_recovery_key(const Ceremony& ceremony) {
    undo_on_signals();
    if (std::filesystem::exists(ceremony.key)) {
        throw Refusal(ceremony.key.string() + ": exists already, and keys are not written over");
    }
    const auto first = ask_part(ceremony.first_part_file, "First");
    const auto second = ask_part(ceremony.second_part_file, "Second");
    if (first == second) {
        throw Refusal("the two halves of the recovery passphrase are the same: two people, two halves");
    }
    crypto::SecretBytes whole(first.size() + second.size());
    std::copy(first.expose().begin(), first.expose().end(), whole.expose_writable().begin());
    std::copy(second.expose().begin(), second.expose().end(), whole.expose_writable().subspan(first.size()).begin());

    crypto::SystemRandom random;
    const auto identity = crypto::open::X25519Identity::generate(random);
    const crypto::age::ScryptRecipient by_both(std::move(whole));
    const crypto::age::Recipient* const recipients[] = {&by_both};
    const auto sealed = value_or_refuse(crypto::age::encrypt(recipients, identity.text().expose(), random), "seal the recovery key");
    try {
        AgeOutput output(ceremony.key.string(), AgeOutput::Kind::secret);
        if (output.write(sealed).has_error()) {
            throw output.failure();
        }
        output.commit();
    } catch (const AgeFailure& failure) {
        throw Refusal(failure.what());
    }
    return identity.recipient().text();
}

}  // namespace gateway::cli
