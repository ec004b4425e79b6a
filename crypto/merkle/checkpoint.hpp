// C2SP tlog-checkpoint: the text a log signs. Three lines: origin, size in decimal, root in base64. Extension lines are kept as they are.
#pragma once

#include "crypto/merkle/proof.hpp"
#include "crypto/note.hpp"

namespace crypto::merkle {

struct Checkpoint {
    std::string origin;
    TreeHead head;
};

std::string format_checkpoint(const Checkpoint& checkpoint);             // the note's text, not yet signed
Result<Checkpoint> parse_checkpoint(std::string_view text);              // the note's text; Errc::format
// Opens the note and demands that the signer's name is the origin.
Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const NoteVerifier> known);

}  // namespace crypto::merkle
