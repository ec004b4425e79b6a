#include "gateway/log.hpp"

#include "gateway/limits.hpp"
#include "policies/instant.hpp"

#include "tests/catch.hpp"

#include <nlohmann/json.hpp>

#include <array>

#include <unistd.h>

namespace {

// What `work` writes to stderr; fits a pipe's buffer.
template <class Work>
std::string stderr_of(const Work& work) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const int kept = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    work();
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    ::close(ends[1]);
    std::string text(65536, '\0');
    const auto size = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return text;
}

}  // namespace

TEST_CASE("an event is one line of JSON with typed fields") {
    const auto line =
        stderr_of([] { gateway::log_event("upload.sealed", {{"upload", "ab12"}, {"bytes", std::uint64_t{5}}, {"first", true}}); });
    REQUIRE(line.back() == '\n');
    const auto event = nlohmann::json::parse(line);
    CHECK(event.at("event") == "upload.sealed");
    CHECK(event.at("upload") == "ab12");
    CHECK(event.at("bytes") == 5);
    CHECK(event.at("first") == true);
    CHECK(policies::Instant::parse(event.at("at").get<std::string>()).has_value());
}

TEST_CASE("a field cannot break out of its line") {
    const std::string nasty = std::string("a\r\n{\"event\":\"forged\"}\x1b[31m\xff\xfe") + '\0' + "\xe2\x80\xa8";
    const auto line = stderr_of([&] { gateway::log_event("odd", {{"text", nasty}}); });
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(std::none_of(line.begin(), line.end() - 1, [](char byte) {
        return static_cast<unsigned char>(byte) < 0x20 || static_cast<unsigned char>(byte) > 0x7e;
    }));
    CHECK(nlohmann::json::parse(line).at("event") == "odd");
}
