// Opening what an uploader sealed: the manifest first, then the content as a stream. Both are hostile until MAC, hashes and intake key
// fit. Nothing in clear leaves memory: the content's plaintext is only counted and hashed. One document an object, one thread.
// A Finding is a fact about the document; an error (keyring, disk) is about us, and the document is tried again.
#pragma once

#include "crypto/age/header.hpp"
#include "crypto/errors.hpp"
#include "crypto/manifest.hpp"
#include "crypto/open/open.hpp"
#include "gateway/core/edge_link.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/router/delivery_table.hpp"
#include "storage/core/case_store.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/grants.hpp"

#include <variant>

namespace gateway::core::router {

struct IntakeKeys {
    crypto::open::X25519Identity identity;
    crypto::Secret<32> manifest_key;
};

// Unsealed from the grant's row. Finding::not_for_us when the identity was destroyed: nobody can open it any more.
crypto::Result<std::variant<IntakeKeys, Finding>> intake_keys(const storage::core::Grant& grant, const Keyring& keyring);

// Does what the edge hands out fit the leaf it signed?
bool fits_leaf(const SealedUpload& upload, const storage::core::Document& document);

// Decrypts and checks: MAC, grant, item, size.
std::variant<crypto::Manifest, Finding>
open_manifest(const SealedUpload& upload, const storage::core::Document& document, const IntakeKeys& keys, std::uint64_t file_bytes_max);

struct Expected {
    std::uint64_t cipher_size = 0;
    crypto::Digest cipher_sha256;
    std::uint64_t plain_size = 0;
    crypto::Digest plain_sha256;
};

class ContentReader final {
public:
    // What was read and is fit to be filed: the payload in the case store (not yet named) and its header for the compartment.
    struct Ready {
        storage::core::CaseStore::Payload payload;
        std::string header;
    };

    ContentReader(
        const IntakeKeys& keys,
        const crypto::age::X25519Recipient& compartment,
        storage::core::CaseStore::Payload payload,
        Expected expected,
        crypto::Random& random
    );
    ContentReader(const ContentReader&) = delete;  // the opener's sink holds on to this object
    ContentReader& operator=(const ContentReader&) = delete;

    bool feed(crypto::ByteView bytes);  // false: no use in more (an error of ours, or more bytes than there may be)
    // Once, when the edge said that was all, or after feed() said false.
    crypto::Result<std::variant<Ready, Finding>> finish();

private:
    void feed_header(crypto::ByteView& bytes);
    void open_header();
    void feed_payload(crypto::ByteView bytes);

    const IntakeKeys& keys_;
    const crypto::age::X25519Recipient& compartment_;
    storage::core::CaseStore::Payload payload_;
    Expected expected_;
    crypto::Random& random_;
    crypto::age::HeaderParser parser_;
    std::string header_;  // for the compartment
    std::optional<crypto::open::PayloadOpener> opener_;
    crypto::Sha256 cipher_hash_, plain_hash_;
    std::uint64_t cipher_size_ = 0, plain_size_ = 0;
    std::optional<Finding> finding_;
    boost::system::error_code error_;
};

}  // namespace gateway::core::router
