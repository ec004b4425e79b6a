// The two ends of `sluis age`: bytes from a file or standard input, bytes to standard output or to a file that appears only when it is
// complete. One thread. Everything that goes wrong is an AgeFailure.
#pragma once

#include "crypto/age/armor.hpp"
#include "gateway/cli/age_failure.hpp"

#include <filesystem>
#include <optional>

namespace gateway::cli {

constexpr std::size_t age_block = crypto::age::header_bytes_max;  // what is read of a file that is all header

class AgeInput {
public:
    explicit AgeInput(const std::string& path);  // empty or "-": standard input
    ~AgeInput();
    AgeInput(const AgeInput&) = delete;
    AgeInput& operator=(const AgeInput&) = delete;

    const std::string& name() const noexcept { return name_; }
    std::size_t fill(std::span<std::uint8_t> out);  // less than all of it only at the end
    crypto::ByteView next();                        // a block, filled up; empty at the end; valid until the next call
    std::optional<std::uint64_t> size() const;   // of a regular file

private:
    int file_ = -1;
    std::string name_;
    crypto::Bytes block_;
};

class AgeOutput {
public:
    enum class Kind { document, secret };  // a secret is readable by its owner alone, and never written over another file
    explicit AgeOutput(const std::string& path, Kind kind = Kind::document);  // empty or "-": standard output
    ~AgeOutput();
    AgeOutput(const AgeOutput&) = delete;
    AgeOutput& operator=(const AgeOutput&) = delete;

    bool is_terminal() const;
    crypto::Result<void> write(crypto::ByteView bytes);  // Errc::io; commit and failure() say more
    void commit();                                       // the file is there from now on
    AgeFailure failure() const;

private:
    int file_ = -1;
    int error_ = 0;
    Kind kind_;
    std::filesystem::path path_;  // where the file will be
    std::string beside_;          // where it is until then; empty when it is written in place
};

// An age file as it comes in, armored or not: its header first, then the payload.
class AgeSource {
public:
    explicit AgeSource(AgeInput& input);

    crypto::age::Header header();                          // once; throws AgeFailure
    // Once, after header(): all of the payload into `sink`, whose error is thrown as AgeFailure; or, where there is no armor, piece by
    // piece as fill_payload is called.
    void payload(const crypto::age::Sink& sink);
    std::size_t fill_payload(std::span<std::uint8_t> out);
    bool armored() const noexcept { return armor_.has_value(); }

private:
    crypto::Result<void> take(crypto::ByteView bytes);
    crypto::Result<void> feed(crypto::ByteView block);

    AgeInput& input_;
    std::optional<crypto::age::ArmorReader> armor_;
    crypto::age::HeaderParser parser_;
    bool header_done_ = false;
    crypto::Bytes early_;  // payload that came in the block of the header's end
    const crypto::age::Sink* sink_ = nullptr;
};

}  // namespace gateway::cli
