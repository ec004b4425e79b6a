// Files that are named by random ids and never by anything from outside: 0600 in 0700 folders, two hex digits of fan-out. Synchronous;
// any thread, but one writer a file. Order on disk: bytes, fsync(file), fsync(folder), and only then the row that names the file.
#pragma once

#include "crypto/bytes.hpp"
#include "storage/errors.hpp"

#include <filesystem>

namespace storage {

class Vault {
public:
    static Result<Vault> open(std::filesystem::path folder);  // makes it; removes litter of interrupted writes
    static Vault view(std::filesystem::path folder);          // for reading beside the program it belongs to; touches nothing

    // In two steps, for a file that counts only with its row: staged and synced under a name of its own, the row, then its place. A crash
    // leaves a staged file, and whether its row is there says whether it is adopted or removed. Adopting needs no sync for that.
    Result<void> stage(std::string_view name, crypto::ByteView bytes) const;  // conflict, full, io
    Result<void> adopt(std::string_view name) const;
    Result<void> unstage(std::string_view name) const;
    std::vector<std::string> staged_names() const;

    // A file that grows. Writes at an offset, so that a chunk sent again lands in its own place.
    class Writer {
    public:
        ~Writer();
        Writer(Writer&& other) noexcept;
        Result<void> write_at(std::uint64_t offset, crypto::ByteView bytes);  // full, io
        Result<void> cut_to(std::uint64_t bytes);  // removes what stands behind; a shorter file stays as it is
        Result<void> sync();                       // fdatasync

    private:
        friend class Vault;
        explicit Writer(int file) noexcept : file_(file) {}
        int file_;
    };
    Result<Writer> create(std::string_view name) const;      // conflict when it is there; the folder is synced
    Result<Writer> open_to_write(std::string_view name) const;  // not_found

    class Reader {
    public:
        ~Reader();
        Reader(Reader&& other) noexcept;
        std::uint64_t size() const noexcept { return size_; }
        int descriptor() const noexcept { return file_; }
        Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> bytes) const;  // fewer only at the end

    private:
        friend class Vault;
        Reader(int file, std::uint64_t size) noexcept : file_(file), size_(size) {}
        int file_;
        std::uint64_t size_;
    };
    Result<Reader> open_to_read(std::string_view name) const;

    // Written beside its place, synced, linked into it, folder synced: whole or not there. conflict when the name is taken.
    Result<void> put(std::string_view name, crypto::ByteView bytes) const;
    Result<void> remove(std::string_view name) const;  // gone already is fine
    bool contains(std::string_view name) const;
    std::vector<std::string> names() const;            // for fsck: all of them, unordered
    Result<std::uint64_t> free_bytes() const;          // of the file system, for unprivileged users

private:
    explicit Vault(std::filesystem::path folder);
    std::filesystem::path place(std::string_view name) const;
    std::filesystem::path folder_;
};

}  // namespace storage
