// The JSON of ../README.md, to and from the ledgers' values. Pure. What the internet says is held to the letter: an unknown field is
// refused; of what core says unknown fields are ignored, so that an older edge takes a newer core's posting.
#pragma once

#include "gateway/edge/answer.hpp"
#include "storage/edge/issuers.hpp"
#include "storage/edge/posting.hpp"
#include "storage/edge/releases.hpp"
#include "storage/edge/uploads.hpp"

namespace gateway::edge {

std::string upload_json(const storage::edge::Upload& upload);
std::string posting_json(const storage::edge::Posting& posting, const std::vector<storage::edge::Upload>& uploads);
Answer<storage::edge::Posting> parse_posting(std::string_view json);

std::string releases_json(const std::vector<storage::edge::Release>& releases);
// Pinned issuers, {"issuers":[{"issuer":…,"audience":…,"keys":{"keys":[…]}}]}: each with keys that verify.
Answer<std::vector<storage::edge::Issuer>> parse_issuers(std::string_view json);

Answer<storage::edge::Seal> parse_seal(std::string_view json);
std::string sealed_json(const policies::UploadId& id, const std::string& receipt);

struct OutcomeOrder {
    storage::edge::Outcome outcome;
    storage::edge::Uploads::Ciphertext ciphertext = storage::edge::Uploads::Ciphertext::keep;
    storage::edge::Uploads::Place place = storage::edge::Uploads::Place::used;
};
Answer<OutcomeOrder> parse_outcome(std::string_view json);
std::string sealed_upload_json(const storage::edge::Upload& upload, const storage::edge::Seal& seal);

struct Status {
    std::string origin;
    std::string vkey;
    std::string checkpoint;
    std::uint64_t postings = 0;
    std::uint64_t uploads = 0;
};
std::string status_json(const Status& status);
std::string log_json(const std::string& checkpoint, const std::vector<crypto::Bytes>& entries);

}  // namespace gateway::edge
