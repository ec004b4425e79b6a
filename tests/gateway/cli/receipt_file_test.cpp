#include "gateway/cli/receipt_file.hpp"

#include "gateway/cli/refusal.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <fstream>

using namespace gateway::cli;
namespace fs = std::filesystem;

TEST_CASE("a place for a receipt leaves nothing until there is a receipt", "[cli]") {
    const tests::Scratch scratch;
    const ReceiptFile file(scratch / "a.pdf");
    CHECK(fs::is_empty(scratch / ""));
    CHECK(file.write("receipt\n") == scratch / "a.pdf.tlog-proof");
    CHECK(fs::file_size(scratch / "a.pdf.tlog-proof") == 8);
}

TEST_CASE("a receipt never replaces anything, not even what came after its place was chosen", "[cli]") {
    const tests::Scratch scratch;
    std::ofstream(scratch / "a.pdf.tlog-proof") << "";
    fs::create_symlink("nowhere", scratch / "a.pdf.2.tlog-proof");
    const ReceiptFile file(scratch / "a.pdf");
    std::ofstream(scratch / "a.pdf.3.tlog-proof") << "other";
    CHECK(file.write("receipt") == scratch / "a.pdf.4.tlog-proof");
    CHECK(fs::file_size(scratch / "a.pdf.3.tlog-proof") == 5);
    CHECK_FALSE(fs::exists(scratch / "nowhere"));
}

TEST_CASE("a folder that takes no files is told before anything is sent", "[cli]") {
    CHECK_THROWS_WITH(ReceiptFile("/proc/a.pdf"), ContainsSubstring("nothing was sent"));
}
