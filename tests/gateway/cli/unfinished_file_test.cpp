#include "gateway/cli/unfinished_file.hpp"

#include "gateway/cli/refusal.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <fstream>

#include <sys/stat.h>

using namespace gateway::cli;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned mode_of(const fs::path& path) {
    struct stat found{};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

}  // namespace

TEST_CASE("the folder is its owner's alone, also when it was there before", "[cli]") {
    const tests::Scratch scratch;
    REQUIRE(::setenv("XDG_STATE_HOME", (scratch / "state").c_str(), 1) == 0);
    CHECK(unfinished_folder() == scratch / "state/sluis/send");
    CHECK(mode_of(scratch / "state") == 0700);
    CHECK(mode_of(scratch / "state/sluis/send") == 0700);
    fs::permissions(scratch / "state/sluis/send", fs::perms::all);
    CHECK(mode_of(unfinished_folder()) == 0700);
    REQUIRE(::unsetenv("XDG_STATE_HOME") == 0);
}

TEST_CASE("what nobody came back for in a month goes", "[cli]") {
    const tests::Scratch scratch;
    REQUIRE(::setenv("XDG_STATE_HOME", (scratch / "state").c_str(), 1) == 0);
    const auto folder = unfinished_folder();
    for (const auto* name : {"old.json", "new.json"}) {
        std::ofstream(folder / name) << "x";
    }
    fs::last_write_time(folder / "old.json", fs::file_time_type::clock::now() - std::chrono::hours(31 * 24));
    fs::last_write_time(folder / "new.json", fs::file_time_type::clock::now() - std::chrono::hours(29 * 24));
    unfinished_folder();
    CHECK_FALSE(fs::exists(folder / "old.json"));
    CHECK(fs::exists(folder / "new.json"));
    REQUIRE(::unsetenv("XDG_STATE_HOME") == 0);
}

TEST_CASE("a place that cannot be kept is a refusal that says what to do", "[cli]") {
    REQUIRE(::setenv("XDG_STATE_HOME", "/proc/none", 1) == 0);
    CHECK_THROWS_WITH(unfinished_folder(), ContainsSubstring("XDG_STATE_HOME"));
    REQUIRE(::unsetenv("XDG_STATE_HOME") == 0);
}

TEST_CASE("what is written is read again, by its owner alone, and leaves nothing once removed", "[cli]") {
    const tests::Scratch scratch;
    {
        const UnfinishedFile file(scratch / "", "name");
        CHECK_FALSE(file.read());
        file.write("first");
        file.write("second, longer");
        CHECK(file.read() == "second, longer");
        CHECK(mode_of(scratch / "name.json") == 0600);
    }
    {
        const UnfinishedFile file(scratch / "", "name");
        CHECK(file.read() == "second, longer");
        file.remove();
        CHECK_FALSE(file.read());
    }
    CHECK(entries(scratch / "") == 0);
}

TEST_CASE("one at a time", "[cli]") {
    const tests::Scratch scratch;
    {
        const UnfinishedFile first(scratch / "", "name");
        CHECK_THROWS_AS(UnfinishedFile(scratch / "", "name"), Refusal);
        const UnfinishedFile other(scratch / "", "other");
    }
    std::ofstream(scratch / "name.lock") << "";  // left behind by a kill
    const UnfinishedFile again(scratch / "", "name");
}
