#include "gateway/cli/unfinished_file.hpp"

#include "gateway/cli/refusal.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr std::size_t text_max = 256 * 1024;  // a header and a sealed manifest stay far below
constexpr std::chrono::hours kept{30 * 24};

[[noreturn]] void refuse(const std::filesystem::path& path) {
    throw Refusal(
        Refusal::Type{"state"},
        "what is needed to go on after a break cannot be kept at " + path.string() + " (" + std::strerror(errno) +
            "): name a folder of yours with XDG_STATE_HOME"
    );
}

std::filesystem::path state_home() {
    const char* const named = std::getenv("XDG_STATE_HOME");
    if (named != nullptr && *named == '/') {  // a relative one is to be ignored: XDG base directory specification
        return named;
    }
    const char* const home = std::getenv("HOME");
    if (home == nullptr || *home != '/') {
        errno = ENOENT;
        refuse("~/.local/state");
    }
    return std::filesystem::path(home) / ".local/state";
}

bool sync_folder(const std::filesystem::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) {
        ::close(file);
    }
    return done;
}

void make_private(const std::filesystem::path& folder) {
    if (folder.has_parent_path() && folder.parent_path() != folder && !std::filesystem::exists(folder.parent_path())) {
        make_private(folder.parent_path());
    }
    const bool made = ::mkdir(folder.c_str(), 0700) == 0;
    if ((!made && errno != EEXIST) || (made && !sync_folder(folder.parent_path()))) {
        refuse(folder);
    }
}

// By age alone: whoever works on one has touched its lock.
void sweep(const std::filesystem::path& folder) {
    std::error_code ignored;
    const auto oldest = std::filesystem::file_time_type::clock::now() - kept;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        std::error_code unknown;
        const auto written = entry.last_write_time(unknown);
        if (!unknown && written < oldest) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

bool write_whole(int file, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(file, text.data(), text.size());
        if (count < 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(file) == 0;
}

}  // namespace

std::filesystem::path unfinished_folder() {
    const auto folder = state_home() / "sluis" / "send";
    std::error_code ignored;
    make_private(folder);
    if (::chmod(folder.c_str(), 0700) != 0) {
        refuse(folder);
    }
    sweep(folder);
    return folder;
}

UnfinishedFile::UnfinishedFile(const std::filesystem::path& folder, const std::string& name)
    : path_(folder / (name + ".json")), lock_path_(folder / (name + ".lock")) {
    lock();
}

// Whoever is done removes the file while it holds the lock, so one that was removed meanwhile is the wrong one: again.
void UnfinishedFile::lock() {
    for (;;) {
        lock_ = ::open(lock_path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (lock_ < 0) {
            refuse(lock_path_);
        }
        struct stat found{};
        const bool held = ::flock(lock_, LOCK_EX | LOCK_NB) == 0;
        if (held && ::fstat(lock_, &found) == 0 && found.st_nlink > 0) {
            static_cast<void>(::futimens(lock_, nullptr));
            return;
        }
        const bool taken = !held && errno == EWOULDBLOCK;
        if (!held && !taken) {
            ::close(lock_);
            refuse(lock_path_);
        }
        ::close(lock_);
        if (taken) {
            throw Refusal(Refusal::Type{"in-use"}, "another sluis send is sending it at this moment");
        }
    }
}

UnfinishedFile::~UnfinishedFile() {
    ::unlink(lock_path_.c_str());
    ::close(lock_);
}

std::optional<std::string> UnfinishedFile::read() const {
    const int file = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) {
        return std::nullopt;
    }
    std::string text(text_max, '\0');
    std::size_t size = 0;
    ssize_t count = 0;
    while (size < text.size() && (count = ::read(file, text.data() + size, text.size() - size)) > 0) {
        size += static_cast<std::size_t>(count);
    }
    ::close(file);
    text.resize(count < 0 ? 0 : size);
    return text;
}

void UnfinishedFile::write(const std::string& text) const {
    const auto beside = path_.string() + ".new";
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        refuse(beside);
    }
    const bool written = write_whole(file, text);
    ::close(file);
    if (!written || ::rename(beside.c_str(), path_.c_str()) != 0 || !sync_folder(path_.parent_path())) {
        const int error = errno;
        ::unlink(beside.c_str());
        errno = error;
        refuse(path_);
    }
}

void UnfinishedFile::remove() const {
    ::unlink(path_.c_str());
}

}  // namespace gateway::cli
