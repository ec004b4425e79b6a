// A disk that fails when a test says so, for programs started with this in LD_PRELOAD. The file that SLUIS_DISK names, while it is there,
// holds one line: what fails ("sync" or "write"), the errno, and a piece of the path it fails for: "sync 5 /vault/".
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

std::string read_all(const char* path) {
    std::array<char, 512> text{};
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? 0 : ::read(file, text.data(), text.size());
    if (file >= 0) {
        ::close(file);
    }
    return {text.data(), static_cast<std::size_t>(got < 0 ? 0 : got)};
}

bool fails(const char* what, int file) {
    const char* const order_path = std::getenv("SLUIS_DISK");
    if (order_path == nullptr || ::access(order_path, R_OK) != 0) {
        return false;
    }
    const std::string order = read_all(order_path);
    std::array<char, 16> word{};
    std::array<char, 256> piece{};
    int code = 0;
    if (std::sscanf(order.c_str(), "%15s %d %255s", word.data(), &code, piece.data()) != 3 || std::string_view(word.data()) != what) {
        return false;
    }
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    if (::readlink(link.c_str(), path.data(), path.size() - 1) < 0 || std::strstr(path.data(), piece.data()) == nullptr) {
        return false;
    }
    errno = code;
    return true;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int file) {
    static const auto real = next<int (*)(int)>("fsync");
    return fails("sync", file) ? -1 : real(file);
}

int fdatasync(int file) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return fails("sync", file) ? -1 : real(file);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    return fails("write", file) ? -1 : real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    return fails("write", file) ? -1 : real(file, bytes, count, offset);
}

ssize_t write(int file, const void* bytes, size_t count) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    return fails("write", file) ? -1 : real(file, bytes, count);
}

}  // extern "C"
