// A file without a name, for ciphertext that waits to be sent: gone when it is closed, whatever happens. Throws Refusal.
#pragma once

#include "crypto/bytes.hpp"

#include <filesystem>

namespace gateway::cli {

class StagedFile {
public:
    explicit StagedFile(const std::filesystem::path& folder);
    ~StagedFile();
    StagedFile(StagedFile&& other) noexcept;
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    void append(crypto::ByteView bytes);
    std::size_t read_at(std::uint64_t offset, std::span<std::uint8_t> bytes) const;
    std::uint64_t size() const noexcept { return size_; }

private:
    int file_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace gateway::cli
