#include "gateway/cli/age_files.hpp"

#include "gateway/cli/undo_on_signal.hpp"

#include "crypto/errors.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::cli {

namespace {

bool is_standard(const std::string& path) {
    return path.empty() || path == "-";
}

bool is_white(std::uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

// Armor begins with dashes after white space, a header with a letter.
bool looks_armored(crypto::ByteView block) {
    std::size_t at = 0;
    while (at < block.size() && is_white(block[at])) {
        ++at;
    }
    return crypto::as_text(block.subspan(at)).starts_with("-----BEGIN");
}

}  // namespace

AgeInput::AgeInput(const std::string& path) : name_(is_standard(path) ? "standard input" : path) {
    file_ = is_standard(path) ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) {
        throw io_failure(name_);
    }
}

AgeInput::~AgeInput() {
    if (file_ != STDIN_FILENO) {
        ::close(file_);
    }
}

std::size_t AgeInput::fill(std::span<std::uint8_t> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
        const ssize_t got = ::read(file_, out.data() + filled, out.size() - filled);
        if (got < 0) {
            throw io_failure(name_);
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

crypto::ByteView AgeInput::next() {
    block_.resize(age_block);
    return crypto::ByteView(block_).first(fill(block_));
}

std::optional<std::uint64_t> AgeInput::size() const {
    struct stat status{};
    if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(status.st_size);
}

AgeOutput::AgeOutput(const std::string& path, Kind kind) : kind_(kind), path_(path) {
    if (is_standard(path)) {
        file_ = STDOUT_FILENO;
        path_ = "standard output";
        return;
    }
    std::error_code none;
    const auto kind_there = std::filesystem::status(path_, none).type();
    const bool there = std::filesystem::exists(std::filesystem::file_status(kind_there));
    if (there && kind == Kind::secret) {
        throw AgeFailure(crypto::Errc::io, path + ": exists already, and keys are not written over");
    }
    if (there && kind_there != std::filesystem::file_type::regular) {
        file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);  // /dev/null, a pipe: nothing to be put in its place
        if (file_ < 0) {
            throw io_failure(path);
        }
        return;
    }
    if (there) {
        path_ = std::filesystem::canonical(path_, none);  // a link stays, the file it names is replaced
    }
    const SignalsWait wait;
    beside_ = path_.string() + ".part-XXXXXX";
    file_ = ::mkostemp(beside_.data(), O_CLOEXEC);
    if (file_ < 0) {
        const AgeFailure failure = io_failure(path);
        beside_.clear();
        throw failure;
    }
    note_unfinished_file(beside_);
    if (kind == Kind::document) {
        const mode_t mask = ::umask(0);
        ::umask(mask);
        ::fchmod(file_, 0666 & ~mask);  // as any program's new file; mkostemp is stricter
    }
}

AgeOutput::~AgeOutput() {
    const SignalsWait wait;
    if (file_ >= 0 && file_ != STDOUT_FILENO) {
        ::close(file_);
    }
    if (!beside_.empty()) {
        ::unlink(beside_.c_str());
        note_unfinished_file({});
    }
}

bool AgeOutput::is_terminal() const {
    return ::isatty(file_) == 1;
}

crypto::Result<void> AgeOutput::write(crypto::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0) {
            error_ = errno;
            return crypto::Errc::io;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

void AgeOutput::commit() {
    if (beside_.empty()) {
        return;
    }
    const bool kept = ::fsync(file_) == 0;  // minutes, on a slow disk: signals need not wait for it
    const SignalsWait wait;
    // A secret must not replace a file that came in between; a document may.
    const bool moved =
        kept && (kind_ == Kind::secret ? ::link(beside_.c_str(), path_.c_str()) == 0 : ::rename(beside_.c_str(), path_.c_str()) == 0);
    if (!moved) {
        throw io_failure(path_.string());
    }
    if (kind_ == Kind::document) {
        beside_.clear();
        note_unfinished_file({});
    }
}

AgeFailure AgeOutput::failure() const {
    return {crypto::Errc::io, path_.string() + ": " + std::strerror(error_)};
}

AgeSource::AgeSource(AgeInput& input) : input_(input) {}

crypto::Result<void> AgeSource::take(crypto::ByteView bytes) {
    if (sink_ != nullptr) {
        return (*sink_)(bytes);
    }
    if (!header_done_) {
        const auto fed = parser_.feed(bytes);
        if (!fed) {
            return fed.error();
        }
        header_done_ = fed->state == crypto::age::HeaderParser::State::done;
        bytes = bytes.subspan(fed->used);
    }
    early_.insert(early_.end(), bytes.begin(), bytes.end());
    return {};
}

crypto::Result<void> AgeSource::feed(crypto::ByteView block) {
    return armor_ ? armor_->update(block) : take(block);
}

crypto::age::Header AgeSource::header() {
    for (bool first = true; !header_done_; first = false) {
        const crypto::ByteView block = input_.next();
        if (first && looks_armored(block)) {
            armor_.emplace([this](crypto::ByteView bytes) { return take(bytes); });
        }
        crypto::Result<void> result = feed(block);
        if (result && block.empty()) {
            result = armor_ ? armor_->finish() : result;
            result = result && !header_done_ ? crypto::Result<void>(crypto::Errc::header) : result;
        }
        if (!result) {
            throw AgeFailure(result.error(), input_.name());
        }
    }
    return parser_.take();
}

std::size_t AgeSource::fill_payload(std::span<std::uint8_t> out) {
    const std::size_t early = std::min(early_.size(), out.size());
    std::copy_n(early_.begin(), early, out.begin());
    early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(early));
    return early + input_.fill(out.subspan(early));
}

void AgeSource::payload(const crypto::age::Sink& sink) {
    sink_ = &sink;
    crypto::Result<void> result = sink(early_);
    early_ = {};
    for (bool more = true; result && more;) {
        const crypto::ByteView block = input_.next();
        more = !block.empty();
        result = feed(block);
    }
    if (result && armor_) {
        result = armor_->finish();
    }
    sink_ = nullptr;
    if (!result) {
        throw AgeFailure(result.error(), input_.name());
    }
}

}  // namespace gateway::cli
