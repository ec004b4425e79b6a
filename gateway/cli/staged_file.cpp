#include "gateway/cli/staged_file.hpp"

#include "gateway/cli/refusal.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace gateway::cli {
namespace {

[[noreturn]] void refuse(const char* doing) {
    throw Refusal(std::string("the temporary file of ciphertext: ") + doing + ": " + std::strerror(errno));
}

}  // namespace

StagedFile::StagedFile(const std::filesystem::path& folder) : file_(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ < 0) {  // not every file system knows O_TMPFILE
        std::string name = (folder / ".sluis-XXXXXX").string();
        file_ = ::mkostemp(name.data(), O_CLOEXEC);
        if (file_ < 0 || ::unlink(name.c_str()) != 0) {
            refuse("open");
        }
    }
}

StagedFile::~StagedFile() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

StagedFile::StagedFile(StagedFile&& other) noexcept : file_(std::exchange(other.file_, -1)), size_(other.size_) {}

void StagedFile::append(crypto::ByteView bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0) {
            refuse("write");
        }
        size_ += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

std::size_t StagedFile::read_at(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
    const auto count = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0) {
        refuse("read");
    }
    return static_cast<std::size_t>(count);
}

}  // namespace gateway::cli
