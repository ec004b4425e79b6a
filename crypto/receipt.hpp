// A receipt is a C2SP tlog-proof file with the log's leaf in `extra`: who has the log's verifier key checks it offline, in ten years too.
//   c2sp.org/tlog-proof@v1 / extra <base64 leaf> / index <n> / <base64 hash>* / (empty) / <checkpoint note>
#pragma once

#include "crypto/merkle/checkpoint.hpp"

namespace crypto {

struct Receipt {
    Bytes leaf;
    std::uint64_t index = 0;
    std::vector<Digest> proof;
    std::string checkpoint;  // the signed note, verbatim
};

std::string format_receipt(const Receipt& receipt);
Result<Receipt> parse_receipt(std::string_view text);  // at most 64 KiB; Errc::format, encoding, limit

// Signature and inclusion: gives the checkpoint that vouches for the leaf. Errors: signature, proof, format.
Result<merkle::Checkpoint> verify_receipt(const Receipt& receipt, std::span<const NoteVerifier> known);

}  // namespace crypto
