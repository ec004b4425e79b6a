#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/jws.hpp"
#include "crypto/manifest.hpp"
#include "crypto/receipt.hpp"
#include "tests/crypto/jws_vectors.hpp"
#include "tests/fuzz/targets.hpp"

namespace tests::fuzz {

using namespace crypto;

namespace {

// The key of the example in c2sp.org/signed-note, which signed a seed.
std::span<const NoteVerifier> known_keys() {
    static const NoteVerifier keys[] = {NoteVerifier::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").value()
    };
    return keys;
}

const jws::Verifier& key_of(std::string_view jwk, jws::Algorithm algorithm) {
    static std::vector<std::unique_ptr<jws::Verifier>> keys;
    keys.push_back(std::make_unique<jws::Verifier>(jws::Verifier::from_jwk(jwk, algorithm).value()));
    return *keys.back();
}

}  // namespace

void note(ByteView input) {
    const std::string_view text = as_text(input);
    const auto opened = open_note(text, known_keys());
    ensure(!opened || (text.starts_with(*opened) && opened->ends_with('\n')), "a note's text is what stands before its signatures");
    ensure(!opened || !open_note(text, {}), "without a known key nothing is signed");
    const auto checkpoint = merkle::parse_checkpoint(text);
    ensure(!checkpoint || text.starts_with(merkle::format_checkpoint(*checkpoint)), "one checkpoint has one text");
    const auto signed_checkpoint = merkle::open_checkpoint(text, known_keys());
    ensure(!signed_checkpoint || opened, "a signed checkpoint is a signed note");
    const auto verifier = NoteVerifier::parse(text);
    ensure(!verifier || verifier->vkey() == text, "one key has one text");
    const auto signer = NoteSigner::parse(text);
    ensure(!signer || signer->skey().expose_text() == text, "one signing key has one text");
}

void proof(ByteView input) {
    const auto receipt = parse_receipt(as_text(input));
    if (!receipt) {
        return;
    }
    ensure(format_receipt(*receipt) == as_text(input), "one receipt has one text");
    ensure(!verify_receipt(*receipt, {}), "without a known key nothing verifies");
    const auto verified = verify_receipt(*receipt, known_keys());
    ensure(!verified || receipt->index < verified->head.size, "a leaf stands in the tree");
    merkle::TreeHead head;
    head.size = receipt->leaf.size() * receipt->index;  // any numbers will do
    const auto included = merkle::verify_inclusion(receipt->index, sha256(receipt->leaf), head, receipt->proof);
    ensure(!included || head.size > receipt->index, "a leaf stands in the tree");
    const merkle::TreeHead older{receipt->index, Digest{}};
    const auto consistent = merkle::verify_consistency(older, head, receipt->proof);
    ensure(!consistent || older.size <= head.size, "a log only grows");
}

void jws(ByteView input) {
    using crypto::jws::Algorithm;
    using crypto::jws::Verifier;
    const std::string_view text = as_text(input);
    static const Verifier* const keys[] = {
        &key_of(rfc7515_a2_key, Algorithm::rs256),
        &key_of(rfc7515_a2_key, Algorithm::ps256),
        &key_of(rfc7515_a3_key, Algorithm::es256),
        &key_of(rfc8037_a4_key, Algorithm::eddsa),
    };
    const auto claim = crypto::jws::read_unverified(text);
    for (const Verifier* key : keys) {
        const auto token = key->verify(text);
        ensure(!token || !claim || claim->payload == token->payload, "what is believed is what was read before");
        ensure(!token || text.find(to_base64url(token->payload)) != std::string_view::npos, "the payload is the token's");
    }
    for (const Algorithm algorithm : {Algorithm::es256, Algorithm::ps256, Algorithm::rs256, Algorithm::eddsa}) {
        const auto key = Verifier::from_jwk(text, algorithm);
        ensure(!key || !key->verify(rfc7520_4_1_token), "a token verifies with its own key alone");  // which no seed holds
    }
    if (const auto set = crypto::jws::parse_key_set(text)) {
        for (const auto& key : *set) {
            ensure(Verifier::from_jwk(key.jwk, key.algorithm).has_value(), "each key of a set is one");
        }
    }
}

void manifest(ByteView input) {
    const auto parsed = parse_manifest(input);
    if (!parsed) {
        return;
    }
    const std::string text = format_manifest(*parsed);
    const auto again = parse_manifest(as_bytes(text));
    ensure(again.has_value() && format_manifest(*again) == text, "a manifest that was read can be written and read again");
}

}  // namespace tests::fuzz
