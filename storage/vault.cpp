#include "storage/vault.hpp"

#include "crypto/ensure.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>

namespace storage {
namespace {

constexpr std::size_t name_bytes_max = 128;
constexpr std::string_view litter_prefix = ".new-";
constexpr std::string_view staged_prefix = ".staged-";
constexpr mode_t file_mode = S_IRUSR | S_IWUSR;
constexpr mode_t folder_mode = S_IRWXU;

class Descriptor {
public:
    explicit Descriptor(int file) noexcept : file_(file) {}
    ~Descriptor() {
        if (file_ >= 0) {
            ::close(file_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const noexcept { return file_; }
    int release() noexcept { return std::exchange(file_, -1); }
    explicit operator bool() const noexcept { return file_ >= 0; }

private:
    int file_;
};

Errc errc_of_errno(int error) noexcept {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return Errc::full;
    case EEXIST:
        return Errc::conflict;
    case ENOENT:
        return Errc::not_found;
    default:
        return Errc::io;
    }
}

bool is_hex(char letter) noexcept {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

// Names come from our own ids: one that is anything else is a programmer's error, and it must never reach a path.
void expect_name(std::string_view name) {
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyz-_.";
    crypto::ensure(
        name.size() > 2 && name.size() <= name_bytes_max && is_hex(name[0]) && is_hex(name[1]) &&
            name.find_first_not_of(allowed) == std::string_view::npos,
        "names in a vault begin with two hex digits and hold no separators"
    );
}

int open_folder(const std::filesystem::path& folder) {
    return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

Result<void> write_all(int file, std::uint64_t offset, crypto::ByteView bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errc_of_errno(errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<void> sync_file(int file) {
    if (::fsync(file) != 0) {
        return Errc::io;
    }
    return {};
}

template <class Visit>
bool visit_folder(const std::filesystem::path& folder, Visit visit) {
    DIR* listing = ::opendir(folder.c_str());
    if (listing == nullptr) {
        return false;
    }
    while (const auto* entry = ::readdir(listing)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            visit(::dirfd(listing), name);
        }
    }
    ::closedir(listing);
    return true;
}

std::string fan_out(unsigned number) {
    constexpr std::string_view digits = "0123456789abcdef";
    return {digits[number >> 4U], digits[number & 15U]};
}

// Where O_TMPFILE or /proc is missing: a name of our own beside the place, linked and unlinked. A crash leaves it; open() removes it.
Result<void> put_beside(int folder, const std::string& name, crypto::ByteView bytes) {
    static std::atomic<unsigned> number{0};
    const auto beside = std::string(litter_prefix) + std::to_string(::getpid()) + "-" + std::to_string(++number);
    const Descriptor file(::openat(folder, beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!file) {
        return errc_of_errno(errno);
    }
    auto outcome = write_all(file.get(), 0, bytes);
    if (outcome.has_value()) {
        outcome = sync_file(file.get());
    }
    if (outcome.has_value() && ::linkat(folder, beside.c_str(), folder, name.c_str(), 0) != 0) {
        outcome = errc_of_errno(errno);
    }
    if (::unlinkat(folder, beside.c_str(), 0) != 0 && outcome.has_value()) {
        outcome = Errc::io;
    }
    return outcome.has_value() ? sync_file(folder) : outcome;
}

}  // namespace

Vault::Vault(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path Vault::place(std::string_view name) const {
    expect_name(name);
    return folder_ / name.substr(0, 2);
}

Result<Vault> Vault::open(std::filesystem::path folder) {
    const auto parent = folder.has_parent_path() ? folder.parent_path() : std::filesystem::path(".");
    const bool made = ::mkdir(folder.c_str(), folder_mode) == 0;
    if (!made && errno != EEXIST) {
        return errc_of_errno(errno);
    }
    const Descriptor root(open_folder(folder));
    if (!root) {
        return Errc::io;
    }
    if (made) {
        const Descriptor above(open_folder(parent));
        if (!above || sync_file(above.get()).has_error()) {
            return Errc::io;
        }
    }
    bool folders_made = false;
    for (unsigned number = 0; number < 256; ++number) {
        const auto name = fan_out(number);
        if (::mkdirat(root.get(), name.c_str(), folder_mode) == 0) {
            folders_made = true;
        } else if (errno != EEXIST) {
            return errc_of_errno(errno);
        }
        visit_folder(folder / name, [](int at, std::string_view file) {
            if (file.starts_with(litter_prefix)) {
                ::unlinkat(at, std::string(file).c_str(), 0);
            }
        });
    }
    if (folders_made && sync_file(root.get()).has_error()) {
        return Errc::io;
    }
    return Vault(std::move(folder));
}

Vault Vault::view(std::filesystem::path folder) {
    return Vault(std::move(folder));
}

Result<Vault::Writer> Vault::create(std::string_view name) const {
    const Descriptor folder(open_folder(place(name)));
    if (!folder) {
        return Errc::io;
    }
    Descriptor file(::openat(folder.get(), std::string(name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!file) {
        return errc_of_errno(errno);
    }
    if (sync_file(folder.get()).has_error()) {
        return Errc::io;
    }
    return Writer(file.release());
}

Result<Vault::Writer> Vault::open_to_write(std::string_view name) const {
    const Descriptor folder(open_folder(place(name)));
    Descriptor file(folder ? ::openat(folder.get(), std::string(name).c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1);
    if (!file) {
        return errc_of_errno(errno);
    }
    return Writer(file.release());
}

Result<Vault::Reader> Vault::open_to_read(std::string_view name) const {
    const Descriptor folder(open_folder(place(name)));
    Descriptor file(folder ? ::openat(folder.get(), std::string(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1);
    struct stat about{};
    if (!file || ::fstat(file.get(), &about) != 0) {
        return errc_of_errno(errno);
    }
    return Reader(file.release(), static_cast<std::uint64_t>(about.st_size));
}

Result<void> Vault::put(std::string_view name, crypto::ByteView bytes) const {
    const Descriptor folder(open_folder(place(name)));
    if (!folder) {
        return Errc::io;
    }
    const std::string target(name);
    const Descriptor file(::openat(folder.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, file_mode));
    if (!file) {
        return put_beside(folder.get(), target, bytes);
    }
    if (const auto written = write_all(file.get(), 0, bytes); written.has_error()) {
        return written;
    }
    if (const auto synced = sync_file(file.get()); synced.has_error()) {
        return synced;
    }
    const auto itself = "/proc/self/fd/" + std::to_string(file.get());
    if (::linkat(AT_FDCWD, itself.c_str(), folder.get(), target.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        // ENOENT or EACCES: no /proc in this sandbox.
        return errno == EEXIST ? Result<void>(Errc::conflict) : put_beside(folder.get(), target, bytes);
    }
    return sync_file(folder.get());
}

Result<void> Vault::stage(std::string_view name, crypto::ByteView bytes) const {
    const Descriptor folder(open_folder(place(name)));
    if (!folder) {
        return Errc::io;
    }
    const auto beside = std::string(staged_prefix) + std::string(name);
    const Descriptor file(::openat(folder.get(), beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!file) {
        return errc_of_errno(errno);
    }
    auto outcome = write_all(file.get(), 0, bytes);
    if (outcome.has_value()) {
        outcome = sync_file(file.get());
    }
    if (outcome.has_value()) {
        outcome = sync_file(folder.get());
    }
    if (outcome.has_error()) {
        ::unlinkat(folder.get(), beside.c_str(), 0);
    }
    return outcome;
}

Result<void> Vault::adopt(std::string_view name) const {
    const auto beside = place(name) / (std::string(staged_prefix) + std::string(name));
    if (::rename(beside.c_str(), (place(name) / name).c_str()) != 0) {
        return errc_of_errno(errno);
    }
    return {};
}

Result<void> Vault::unstage(std::string_view name) const {
    const auto beside = place(name) / (std::string(staged_prefix) + std::string(name));
    if (::unlink(beside.c_str()) != 0 && errno != ENOENT) {
        return errc_of_errno(errno);
    }
    return {};
}

std::vector<std::string> Vault::staged_names() const {
    std::vector<std::string> found;
    for (unsigned number = 0; number < 256; ++number) {
        visit_folder(folder_ / fan_out(number), [&](int, std::string_view name) {
            if (name.starts_with(staged_prefix)) {
                found.emplace_back(name.substr(staged_prefix.size()));
            }
        });
    }
    return found;
}

Result<void> Vault::remove(std::string_view name) const {
    const Descriptor folder(open_folder(place(name)));
    if (!folder) {
        return Errc::io;
    }
    if (::unlinkat(folder.get(), std::string(name).c_str(), 0) != 0) {
        return errno == ENOENT ? Result<void>() : Result<void>(errc_of_errno(errno));
    }
    return sync_file(folder.get());
}

bool Vault::contains(std::string_view name) const {
    struct stat about{};
    return ::lstat((place(name) / name).c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

std::vector<std::string> Vault::names() const {
    std::vector<std::string> found;
    for (unsigned number = 0; number < 256; ++number) {
        visit_folder(folder_ / fan_out(number), [&found](int, std::string_view file) {
            if (!file.starts_with('.')) {
                found.emplace_back(file);
            }
        });
    }
    return found;
}

Result<std::uint64_t> Vault::free_bytes() const {
    struct statvfs about{};
    if (::statvfs(folder_.c_str(), &about) != 0) {
        return Errc::io;
    }
    return static_cast<std::uint64_t>(about.f_bavail) * static_cast<std::uint64_t>(about.f_frsize);
}

Vault::Writer::Writer(Writer&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Vault::Writer::~Writer() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

Result<void> Vault::Writer::write_at(std::uint64_t offset, crypto::ByteView bytes) {
    return write_all(file_, offset, bytes);
}

Result<void> Vault::Writer::cut_to(std::uint64_t bytes) {
    struct stat facts{};
    if (::fstat(file_, &facts) != 0) {
        return Errc::io;
    }
    const bool longer = static_cast<std::uint64_t>(facts.st_size) > bytes;
    return longer && ::ftruncate(file_, static_cast<off_t>(bytes)) != 0 ? Result<void>(Errc::io) : Result<void>();
}

Result<void> Vault::Writer::sync() {
    if (::fdatasync(file_) != 0) {
        return Errc::io;
    }
    return {};
}

Vault::Reader::Reader(Reader&& other) noexcept : file_(std::exchange(other.file_, -1)), size_(other.size_) {}

Vault::Reader::~Reader() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

Result<std::size_t> Vault::Reader::read_at(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto rest = bytes.subspan(filled);
        const auto got = ::pread(file_, rest.data(), rest.size(), static_cast<off_t>(offset + filled));
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return Errc::io;
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

}  // namespace storage
