// Where an unfinished upload is kept: NAME.json in a folder that only its owner can enter, and NAME.lock, held while somebody works on
// it, so that two runs never send the same document at once. One thread an object. Throws Refusal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gateway::cli {

// $XDG_STATE_HOME/sluis/send, or ~/.local/state/sluis/send: made when it is not there, mode 0700 in any case. What nobody came back
// for in a month is removed: the edge gives an unfinished upload up after a day.
std::filesystem::path unfinished_folder();

class UnfinishedFile {
public:
    UnfinishedFile(const std::filesystem::path& folder, const std::string& name);
    ~UnfinishedFile();
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;

    std::optional<std::string> read() const;
    void write(const std::string& text) const;  // whole or not at all, and on the disk when it returns
    void remove() const;

private:
    void lock();
    std::filesystem::path path_;
    std::filesystem::path lock_path_;
    int lock_ = -1;
};

}  // namespace gateway::cli
