#include "gateway/core/router/opening.hpp"

#include "crypto/age/seal.hpp"

namespace gateway::core::router {

namespace {

constexpr std::size_t envelope_key_bytes = 32;
constexpr std::size_t sealed_keys_bytes = 64;  // envelope key ‖ manifest key

crypto::Digest digest_of(crypto::ByteView bytes) {
    return crypto::sha256(bytes);
}

}  // namespace

crypto::Result<std::variant<IntakeKeys, Finding>> intake_keys(const storage::core::Grant& grant, const Keyring& keyring) {
    if (grant.sealed_identity.empty()) {
        return std::variant<IntakeKeys, Finding>(Finding::not_for_us);
    }
    const auto identity_text = keyring.unseal(grant.sealed_identity);
    if (identity_text.has_error()) {
        return identity_text.error();
    }
    auto identity = crypto::open::X25519Identity::parse(identity_text->expose_text());
    if (identity.has_error()) {
        return identity.error();
    }
    const auto keys = keyring.unseal(grant.sealed_keys);
    if (keys.has_error()) {
        return keys.error();
    }
    if (keys->size() != sealed_keys_bytes) {
        return crypto::Errc::format;
    }
    const auto manifest_key = keys->expose().subspan<envelope_key_bytes, 32>();
    return std::variant<IntakeKeys, Finding>(IntakeKeys{std::move(*identity), crypto::Secret<32>::copy_of(manifest_key)});
}

bool fits_leaf(const SealedUpload& upload, const storage::core::Document& document) {
    return upload.id == document.upload && upload.grant == document.grant && upload.item == document.item &&
           upload.size == document.cipher_size && upload.sha256 == document.cipher_sha256 && upload.mac == document.mac &&
           digest_of(upload.manifest) == document.manifest_sha256;
}

std::variant<crypto::Manifest, Finding>
open_manifest(const SealedUpload& upload, const storage::core::Document& document, const IntakeKeys& keys, std::uint64_t file_bytes_max) {
    const crypto::open::Identity* const identities[] = {&keys.identity};
    const auto opened = crypto::open::decrypt(identities, upload.manifest);
    if (opened.has_error()) {
        return opened.error() == crypto::Errc::no_match ? Finding::not_for_us : Finding::damaged;
    }
    const auto expected_mac = crypto::manifest_mac(keys.manifest_key, {digest_of(opened->expose()), document.cipher_sha256});
    if (!crypto::equal_in_constant_time(expected_mac.bytes, document.mac.bytes)) {
        return Finding::forged;
    }
    auto manifest = crypto::parse_manifest(opened->expose());
    if (manifest.has_error()) {
        return Finding::damaged;
    }
    if (manifest->grant != document.grant.text() || manifest->item != document.item.text()) {
        return Finding::wrong_request;
    }
    if (manifest->size > file_bytes_max) {
        return Finding::too_large;
    }
    return std::move(*manifest);
}

ContentReader::ContentReader(
    const IntakeKeys& keys,
    const crypto::age::X25519Recipient& compartment,
    storage::core::CaseStore::Payload payload,
    Expected expected,
    crypto::Random& random
)
    : keys_(keys), compartment_(compartment), payload_(std::move(payload)), expected_(expected), random_(random) {}

bool ContentReader::feed(crypto::ByteView bytes) {
    cipher_hash_.update(bytes);
    cipher_size_ += bytes.size();
    if (cipher_size_ > expected_.cipher_size) {
        finding_ = Finding::changed;
        return false;
    }
    // After a finding the rest is only hashed, to tell an uploader's damage from bytes that the edge changed.
    if (!finding_ && !opener_) {
        feed_header(bytes);
    }
    if (!finding_ && opener_ && !bytes.empty()) {
        feed_payload(bytes);
    }
    return !error_;
}

void ContentReader::feed_header(crypto::ByteView& bytes) {
    const auto fed = parser_.feed(bytes);
    if (fed.has_error()) {
        finding_ = Finding::damaged;
        return;
    }
    bytes = bytes.subspan(fed->used);
    if (fed->state == crypto::age::HeaderParser::State::done) {
        open_header();
    }
}

void ContentReader::open_header() {
    const auto header = parser_.take();
    const crypto::open::Identity* const by[] = {&keys_.identity};
    const crypto::age::Recipient* const to[] = {&compartment_};
    const auto file_key = crypto::open::open_header(header, by);
    if (file_key.has_error()) {
        finding_ = file_key.error() == crypto::Errc::no_match ? Finding::not_for_us : Finding::damaged;
        return;
    }
    auto rewrapped = crypto::age::seal_header(*file_key, to, random_);
    if (rewrapped.has_error()) {
        error_ = rewrapped.error();
        return;
    }
    header_ = std::move(*rewrapped);
    auto count = [this](crypto::ByteView plain) -> crypto::Result<void> {
        plain_hash_.update(plain);
        plain_size_ += plain.size();
        return {};
    };
    opener_.emplace(*file_key, std::move(count));
}

void ContentReader::feed_payload(crypto::ByteView bytes) {
    if (opener_->update(bytes).has_error()) {
        finding_ = Finding::damaged;
        return;
    }
    if (const auto kept = payload_.append(bytes); kept.has_error()) {
        error_ = kept.error();
    }
}

crypto::Result<std::variant<ContentReader::Ready, Finding>> ContentReader::finish() {
    using Outcome = std::variant<Ready, Finding>;
    if (error_) {
        return error_;
    }
    if (cipher_size_ != expected_.cipher_size || cipher_hash_.finish() != expected_.cipher_sha256) {
        return Outcome(Finding::changed);
    }
    if (finding_) {
        return Outcome(*finding_);
    }
    if (!opener_ || opener_->finish().has_error()) {
        return Outcome(Finding::damaged);
    }
    if (plain_size_ != expected_.plain_size || plain_hash_.finish() != expected_.plain_sha256) {
        return Outcome(Finding::damaged);
    }
    return Outcome(Ready{std::move(payload_), std::move(header_)});
}

}  // namespace gateway::core::router
