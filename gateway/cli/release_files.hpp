// Where `sluis receive` puts what it fetches. PartFile: ciphertext that grows by what arrives and survives an interruption, "ID.part" in
// the folder; a later run goes on behind its end. put_clear: a decrypted document under the name it was given, without what could lead
// out of the folder, and never in another file's place: "report.pdf", "report (2).pdf", … Both throw Refusal.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/digest.hpp"

#include <filesystem>
#include <functional>

namespace gateway::cli {

class PartFile {
public:
    explicit PartFile(std::filesystem::path file);
    ~PartFile();
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    std::uint64_t size() const noexcept { return size_; }
    bool append(crypto::ByteView bytes) noexcept;  // false: the disk takes no more
    void start_again();
    crypto::Digest digest() const;
    void each_piece(const std::function<void(crypto::ByteView)>& use) const;
    void remove();

private:
    std::filesystem::path path_;
    int file_ = -1;
    std::uint64_t size_ = 0;
};

// The last part of a path, whoever's system made it, without control characters; "document" when nothing is left.
std::string safe_name(const std::string& name);

struct Clear {
    std::string name;  // as it was given
    std::uint64_t size = 0;
    crypto::Digest sha256;
};
struct Placed {
    std::filesystem::path file;
    bool was_there = false;  // the same document lay there already under this name
};
// `write` hands the document to its sink, piece by piece, and throws when it is not genuine: then nothing is left behind.
using Writing = std::function<void(const std::function<void(crypto::ByteView)>& sink)>;
Placed put_clear(const std::filesystem::path& folder, const Clear& document, const Writing& write);

}  // namespace gateway::cli
