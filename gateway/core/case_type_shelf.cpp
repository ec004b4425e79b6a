#include "gateway/core/case_type_shelf.hpp"

#include "storage/core/case_types.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace gateway::core {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_bytes_max = 1024 * 1024;
constexpr std::size_t files_max = 500;

using Parsed = std::variant<policies::CaseType, std::vector<policies::Fault>>;

std::shared_ptr<const PinnedCaseType> pin(std::string text, policies::CaseType rules) {
    const auto sha256 = crypto::sha256(crypto::as_bytes(text));
    return std::make_shared<const PinnedCaseType>(PinnedCaseType{sha256, std::move(text), std::move(rules)});
}

void read_file(const fs::path& file, CaseTypeFolder& folder) {
    const std::string name = file.filename().string();
    std::error_code failed;
    if (fs::file_size(file, failed) > file_bytes_max || failed) {
        folder.faults.push_back({name, "cannot be read, or is over 1 MiB"});
        return;
    }
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    Parsed parsed = policies::parse_case_type(text);
    if (auto* faults = std::get_if<std::vector<policies::Fault>>(&parsed)) {
        for (auto& fault : *faults) {
            folder.faults.push_back({name + fault.path, std::move(fault.what)});
        }
        return;
    }
    auto& rules = std::get<policies::CaseType>(parsed);
    if (rules.id + ".json" != name) {
        folder.faults.push_back({name + "/id", "must be the file's name"});
        return;
    }
    folder.types.push_back(pin(std::move(text), std::move(rules)));
}

}  // namespace

CaseTypeFolder read_case_types(const fs::path& folder) {
    CaseTypeFolder found;
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end && files.size() < files_max; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        if (name.ends_with(".json") && !name.ends_with(".schema.json")) {
            files.push_back(entry->path());
        }
    }
    if (failed) {
        found.faults.push_back({folder.string(), "cannot be read"});
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        read_file(file, found);
    }
    if (found.types.empty() && found.faults.empty()) {
        found.faults.push_back({folder.string(), "holds no case types"});
    }
    return found;
}

storage::Result<CaseTypeShelf> CaseTypeShelf::open(storage::Database& database, const CaseTypeFolder& folder) {
    using storage::core::CaseTypeText;
    using storage::core::CaseTypeTexts;
    auto texts = database.commit([&](storage::Connection& connection) -> storage::Result<std::vector<CaseTypeText>> {
        CaseTypeTexts::retire_all(connection);
        for (const auto& type : folder.types) {
            CaseTypeTexts::put(connection, {type->sha256, type->rules.id, type->rules.version, type->text});
        }
        return CaseTypeTexts::all(connection);
    });
    if (texts.has_error()) {
        return texts.error();
    }
    CaseTypeShelf shelf;
    shelf.current_ = folder.types;
    for (const auto& type : folder.types) {
        shelf.all_.emplace(type->sha256, type);
    }
    for (auto& text : *texts) {
        if (shelf.all_.contains(text.sha256)) {
            continue;
        }
        Parsed parsed = policies::parse_case_type(text.text);
        if (crypto::sha256(crypto::as_bytes(text.text)) != text.sha256 || !std::holds_alternative<policies::CaseType>(parsed)) {
            return storage::Errc::damaged;
        }
        auto pinned = pin(std::move(text.text), std::move(std::get<policies::CaseType>(parsed)));
        shelf.all_.emplace(pinned->sha256, pinned);
    }
    return shelf;
}

std::shared_ptr<const PinnedCaseType> CaseTypeShelf::current(std::string_view id) const {
    const auto found = std::find_if(current_.begin(), current_.end(), [&](const auto& type) { return type->rules.id == id; });
    return found == current_.end() ? nullptr : *found;
}

std::shared_ptr<const PinnedCaseType> CaseTypeShelf::find(const crypto::Digest& sha256) const {
    const auto found = all_.find(sha256);
    return found == all_.end() ? nullptr : found->second;
}

}  // namespace gateway::core
