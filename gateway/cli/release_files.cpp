#include "gateway/cli/release_files.hpp"

#include "gateway/cli/refusal.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t name_bytes_max = 200;  // with a number and an ending it stays below what file systems take
constexpr int numbers_max = 1000;
constexpr mode_t file_mode = 0600;

bool write_all(int file, crypto::ByteView bytes) noexcept {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

void read_pieces(int file, const std::string& shown, const std::function<void(crypto::ByteView)>& use) {
    crypto::Bytes piece(piece_bytes);
    for (off_t offset = 0;;) {
        const auto got = ::pread(file, piece.data(), piece.size(), offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw Refusal(shown + ": cannot be read");
        }
        if (got == 0) {
            return;
        }
        use(crypto::ByteView(piece).first(static_cast<std::size_t>(got)));
        offset += got;
    }
}

// A new file in the folder that is gone with this object; what it becomes is a second name of it.
class Draft {
public:
    explicit Draft(const std::filesystem::path& folder) : path_((folder / ".sluis-XXXXXX").string()), file_(::mkstemp(path_.data())) {
        if (file_ < 0) {
            throw Refusal(folder.string() + ": nothing can be written here");
        }
    }
    ~Draft() {
        ::close(file_);
        ::unlink(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    void append(crypto::ByteView bytes) const {
        if (!write_all(file_, bytes)) {
            throw Refusal("the document cannot be written: the disk takes no more");
        }
    }
    void sync() const {
        if (::fsync(file_) != 0) {
            throw Refusal("the document cannot be written to the disk");
        }
    }
    // False: the name is taken.
    bool link_to(const std::filesystem::path& place) const {
        if (::link(path_.c_str(), place.c_str()) == 0) {
            return true;
        }
        if (errno == EEXIST) {
            return false;
        }
        throw Refusal(place.string() + ": cannot be written");
    }

private:
    std::string path_;
    int file_;
};

bool is_document(const std::filesystem::path& file, const Clear& document) {
    const int opened = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0) {
        return false;
    }
    struct stat about{};
    const bool like_it =
        ::fstat(opened, &about) == 0 && S_ISREG(about.st_mode) && static_cast<std::uint64_t>(about.st_size) == document.size;
    crypto::Sha256 hash;
    try {
        if (like_it) {
            read_pieces(opened, file.string(), [&hash](crypto::ByteView bytes) { hash.update(bytes); });
        }
    } catch (const Refusal&) {
        ::close(opened);
        return false;
    }
    ::close(opened);
    return like_it && hash.finish() == document.sha256;
}

std::filesystem::path numbered(const std::filesystem::path& folder, const std::filesystem::path& name, int number) {
    if (number == 1) {
        return folder / name;
    }
    return folder / (name.stem().string() + " (" + std::to_string(number) + ")" + name.extension().string());
}

}  // namespace

PartFile::PartFile(std::filesystem::path file)
    : path_(std::move(file)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, file_mode)) {
    struct stat about{};
    if (file_ < 0 || ::fstat(file_, &about) != 0 || !S_ISREG(about.st_mode)) {
        throw Refusal(path_.string() + ": cannot be written");
    }
    size_ = static_cast<std::uint64_t>(about.st_size);
}

PartFile::~PartFile() {
    ::close(file_);
}

bool PartFile::append(crypto::ByteView bytes) noexcept {
    if (!write_all(file_, bytes)) {
        return false;
    }
    size_ += bytes.size();
    return true;
}

void PartFile::start_again() {
    if (::ftruncate(file_, 0) != 0) {
        throw Refusal(path_.string() + ": cannot be written");
    }
    size_ = 0;
}

crypto::Digest PartFile::digest() const {
    crypto::Sha256 hash;
    each_piece([&hash](crypto::ByteView bytes) { hash.update(bytes); });
    return hash.finish();
}

void PartFile::each_piece(const std::function<void(crypto::ByteView)>& use) const {
    read_pieces(file_, path_.string(), use);
}

void PartFile::remove() {
    ::unlink(path_.c_str());
}

std::string safe_name(const std::string& name) {
    auto last = name.substr(name.find_last_of("/\\") == std::string::npos ? 0 : name.find_last_of("/\\") + 1);
    std::erase_if(last, [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7f || letter == ':';
    });
    const auto start = last.find_first_not_of(". ");  // no hidden files, no "..", nothing that only looks like a name
    last = start == std::string::npos ? std::string() : last.substr(start);
    if (last.size() > name_bytes_max) {
        const auto ending = std::filesystem::path(last).extension().string();
        const bool short_ending = ending.size() <= 16;
        auto cut = name_bytes_max - (short_ending ? ending.size() : 0);
        while (cut > 0 && (static_cast<unsigned char>(last[cut]) & 0xc0U) == 0x80U) {
            --cut;  // not in the middle of a letter
        }
        last = last.substr(0, cut) + (short_ending ? ending : "");
    }
    return last.empty() ? "document" : last;
}

Placed put_clear(const std::filesystem::path& folder, const Clear& document, const Writing& write) {
    const std::filesystem::path name = safe_name(document.name);
    if (is_document(folder / name, document)) {
        return {folder / name, true};
    }
    const Draft draft(folder);
    crypto::Sha256 hash;
    std::uint64_t size = 0;
    write([&](crypto::ByteView bytes) {
        hash.update(bytes);
        size += bytes.size();
        draft.append(bytes);
    });
    if (size != document.size || hash.finish() != document.sha256) {
        throw Refusal(name.string() + " is not the document that was filed; it was not kept");
    }
    draft.sync();
    for (int number = 1; number <= numbers_max; ++number) {
        const auto place = numbered(folder, name, number);
        if (draft.link_to(place)) {
            return {place, false};
        }
    }
    throw Refusal(name.string() + ": there are too many files of this name");
}

}  // namespace gateway::cli
