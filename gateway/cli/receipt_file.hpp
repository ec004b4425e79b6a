// The receipt beside its document: FILE.tlog-proof, and when there is something of that name already, FILE.2.tlog-proof and so on; never
// another file's. A folder that takes no files must not cost a receipt, so that is tried before anything is sent. Throws Refusal.
#pragma once

#include <filesystem>
#include <string>

namespace gateway::cli {

class ReceiptFile {
public:
    // Takes the place and gives it back at once: a kill leaves no empty receipt behind, which the next run would have to step around.
    explicit ReceiptFile(std::filesystem::path document);

    std::filesystem::path write(const std::string& receipt) const;  // where it is now, synced

private:
    std::filesystem::path document_;
};

}  // namespace gateway::cli
