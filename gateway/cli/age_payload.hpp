// The payload of an age file from one end to the other, on several threads where it is long enough for that to pay.
#pragma once

#include "gateway/cli/age_files.hpp"

namespace gateway::cli {

// Everything `input` has, sealed. What `write` is given goes behind file.beginning; it throws to stop.
void seal_payload(const crypto::age::FileStart& file, AgeInput& input, const std::function<void(crypto::ByteView)>& write);

// The rest of `source` behind its header, opened. Authentic bytes alone reach `output`, in order, also when the file turns out bad further
// on; then AgeFailure is thrown.
void open_payload(AgeSource& source, const crypto::age::FileKey& file_key, AgeOutput& output, const std::string& name);

}  // namespace gateway::cli
