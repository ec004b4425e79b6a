#include "gateway/cli/receipt_file.hpp"

#include "gateway/cli/refusal.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr int receipts_max = 1000;  // of one document

struct Place {
    std::filesystem::path path;
    int file = -1;  // negative: there is none
};

Place take_place(const std::filesystem::path& document) {
    for (int number = 1; number <= receipts_max; ++number) {
        Place place{document.string() + (number == 1 ? "" : "." + std::to_string(number)) + ".tlog-proof", -1};
        place.file = ::open(place.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (place.file >= 0 || errno != EEXIST) {
            return place;
        }
    }
    return {};
}

}  // namespace

ReceiptFile::ReceiptFile(std::filesystem::path document) : document_(std::move(document)) {
    const Place place = take_place(document_);
    if (place.file < 0) {
        throw Refusal(Refusal::Type{"receipt"}, "the receipt cannot be written beside it; nothing was sent");
    }
    ::close(place.file);
    ::unlink(place.path.c_str());
}

std::filesystem::path ReceiptFile::write(const std::string& receipt) const {
    const Place place = take_place(document_);
    bool written = place.file >= 0;
    if (written) {
        const auto bytes = ::write(place.file, receipt.data(), receipt.size());
        written = bytes == static_cast<ssize_t>(receipt.size()) && ::fsync(place.file) == 0;
        ::close(place.file);
    }
    if (!written) {
        if (place.file >= 0) {
            ::unlink(place.path.c_str());
        }
        throw Refusal(Refusal::Type{"receipt"}, "it arrived, but its receipt cannot be written; the same command gets the receipt again");
    }
    return place.path;
}

}  // namespace gateway::cli
