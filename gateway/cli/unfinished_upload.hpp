// What a later `sluis send` needs to go on with an upload that broke off, byte for byte: written before the first byte is sent, gone once
// the receipt is there. Pure. The file key in it opens one document alone, which lies beside it in clear anyway; it opens no other upload
// and tells nothing about the link. Still, only its owner may read it, since the document may be kept more closely elsewhere.
#pragma once

#include "crypto/age/seal.hpp"
#include "crypto/digest.hpp"

#include <optional>

namespace gateway::cli {

// Which bytes a path led to when they were read. Equal ones are taken for the same document only together with its digest.
struct FileIdentity {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  // nanoseconds since 1970
    std::uint64_t inode = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct UnfinishedUpload {
    std::string upload;     // id
    std::string recipient;  // whom the header is for
    FileIdentity file;
    crypto::Digest plain;
    crypto::Digest sealed;         // of all the ciphertext
    crypto::age::FileStart start;  // header, file key and nonce
    std::string seal;              // body of the request that seals it: said again, it must be the same to the letter
};

std::string format_unfinished(const UnfinishedUpload& upload);
// Nothing for what is not whole and of this version.
std::optional<UnfinishedUpload> parse_unfinished(std::string_view text);

// The name under which an upload is kept: one for each document of each item of each grant.
struct UploadPlace {
    std::string edge;
    std::string grant;
    std::string item;
    std::string document;  // absolute path
};
std::string unfinished_name(const UploadPlace& place);

}  // namespace gateway::cli
