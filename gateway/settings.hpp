// A program's JSON configuration file, read by its main. Every accessor notes what is wrong instead of stopping, so that `--check`
// says all of it at once, each with its path ("public.port: must be a number from 0 to 65535"). Until faults() is empty the values
// are not to be used. Paths in the file are relative to the file. One thread; the file is the operator's and trusted, not its typing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

class Settings {
public:
    static Settings load(const std::filesystem::path& file);  // a file that cannot be read or is no JSON object is a fault, not a throw
    ~Settings();
    Settings(Settings&&) noexcept;
    Settings& operator=(Settings&&) noexcept;

    // `path` names members with dots: "public.address". What is missing or of another type is a fault and gives an empty value.
    std::string text(std::string_view path);   // not empty
    std::string optional_text(std::string_view path, std::string_view otherwise = {});
    std::vector<std::string> texts(std::string_view path);  // at least one, none empty
    std::uint16_t port(std::string_view path);              // 0 to 65535; 0 lets the system choose
    std::int64_t integer(std::string_view path, std::int64_t otherwise, std::int64_t min, std::int64_t max);
    bool flag(std::string_view path, bool otherwise);

    std::filesystem::path file(std::string_view path);           // absolute; must be there and readable
    std::filesystem::path optional_file(std::string_view path);  // empty when it is not named
    std::filesystem::path place(std::string_view path);          // absolute; need not be there: a folder the program makes

    // How many objects the list has; its members are "path.0.name". Absent is 0.
    std::size_t objects(std::string_view path);

    bool has(std::string_view path);  // counts as asked for
    void fault(std::string_view path, std::string_view what);  // for rules the program knows: "must be an https URL"

    // All that is wrong, in the order it was met; then members nobody asked for. Call it after the last accessor.
    std::vector<std::string> faults() const;

private:
    struct State;
    explicit Settings(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace gateway
