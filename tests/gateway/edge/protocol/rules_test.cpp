#include "gateway/edge/protocol/rules.hpp"

#include "tests/catch.hpp"

#include <random>

using namespace gateway::edge::protocol;
namespace problems = gateway::http::problems;
using storage::edge::Upload;

namespace {

Upload upload(std::uint64_t offset, std::uint64_t size, bool length_known = true, bool complete = false) {
    Upload one{
        .id = *policies::UploadId::parse(std::string(32, '1')),
        .grant = *policies::GrantId::parse(std::string(32, '2')),
        .item = *policies::ItemId::parse(std::string(32, '3'))
    };
    one.offset = offset;
    one.size = size;
    one.length_known = length_known;
    one.complete = complete;
    return one;
}

Append append(How how, std::uint64_t offset, std::uint64_t bytes, bool completes = false, std::optional<std::uint64_t> length = {}) {
    return {how, offset, bytes, length, completes, {}};
}

std::string_view refusal_of(const Upload& upload, const Append& append) {
    const auto plan = plan_append(upload, append);
    return plan.has_error() ? plan.error().problem.type : "";
}

bool ends(const Upload& upload, const Append& append) {
    const auto plan = plan_append(upload, append);
    return plan.has_error() && plan.error().ends_upload;
}

}  // namespace

TEST_CASE("bytes go on at the offset and nowhere else") {
    for (const auto how : {How::tus, How::resumable}) {
        CHECK(refusal_of(upload(10, 100), append(how, 9, 5)) == problems::offset_mismatch.type);
        CHECK(refusal_of(upload(10, 100), append(how, 11, 5)) == problems::offset_mismatch.type);
        CHECK(plan_append(upload(10, 100), append(how, 10, 5))->end == 15);
    }
}

TEST_CASE("tus is complete when its length is reached, resumable uploads when the client says so") {
    CHECK_FALSE(plan_append(upload(10, 100), append(How::tus, 10, 89))->completes);
    CHECK(plan_append(upload(10, 100), append(How::tus, 10, 90))->completes);
    CHECK_FALSE(plan_append(upload(10, 100), append(How::resumable, 10, 90))->completes);
    CHECK(plan_append(upload(10, 100), append(How::resumable, 10, 90, true))->completes);
    CHECK(plan_append(upload(100, 100), append(How::resumable, 100, 0, true))->completes);
}

TEST_CASE("more bytes than the length are refused, and end an upload in resumable uploads") {
    CHECK(refusal_of(upload(10, 100), append(How::tus, 10, 91)) == problems::too_large.type);
    CHECK_FALSE(ends(upload(10, 100), append(How::tus, 10, 91)));
    CHECK(ends(upload(10, 100), append(How::resumable, 10, 91)));
    CHECK(ends(upload(10, 100), append(How::resumable, 10, 91, true)));
    CHECK(refusal_of(upload(10, 100, false), append(How::resumable, 10, 91)) == problems::too_large.type);
    CHECK(refusal_of(upload(0, 100), append(How::whole, 0, 101, true)) == problems::too_large.type);
}

TEST_CASE("an end that does not fit the length is inconsistent, and the upload goes on") {
    CHECK(refusal_of(upload(10, 100), append(How::resumable, 10, 89, true)) == problems::inconsistent_length.type);
    CHECK_FALSE(ends(upload(10, 100), append(How::resumable, 10, 89, true)));
    CHECK(refusal_of(upload(10, 100), append(How::resumable, 10, 5, false, 101)) == problems::inconsistent_length.type);
    CHECK(refusal_of(upload(10, 100, false), append(How::tus, 10, 5, false, 9)) == problems::inconsistent_length.type);
    CHECK(refusal_of(upload(10, 100, false), append(How::tus, 10, 5, false, 101)) == problems::too_large.type);
    CHECK(refusal_of(upload(10, 100, false), append(How::tus, 10, 5, false, 14)) == problems::too_large.type);
}

TEST_CASE("a length is recorded once, from the field or from the end") {
    CHECK_FALSE(plan_append(upload(10, 100), append(How::tus, 10, 5, false, 100))->length.has_value());
    CHECK(plan_append(upload(10, 100, false), append(How::tus, 10, 5, false, 50))->length == 50U);
    CHECK(plan_append(upload(10, 100, false), append(How::tus, 10, 40, false, 50))->completes);
    CHECK_FALSE(plan_append(upload(10, 100, false), append(How::tus, 10, 90))->completes);
    CHECK(plan_append(upload(10, 100, false), append(How::resumable, 10, 5, true))->length == 15U);
}

TEST_CASE("complete is the end") {
    const auto done = upload(100, 100, true, true);
    CHECK(plan_append(done, append(How::tus, 100, 0))->completes);
    CHECK(refusal_of(done, append(How::tus, 100, 1)) == problems::too_large.type);
    CHECK(refusal_of(done, append(How::tus, 99, 0)) == problems::offset_mismatch.type);
    CHECK(refusal_of(done, append(How::resumable, 100, 0, true)) == problems::completed_upload.type);
    CHECK(refusal_of(done, append(How::resumable, 100, 1, true)) == problems::inconsistent_length.type);
    CHECK_FALSE(ends(done, append(How::resumable, 100, 1, true)));
}

TEST_CASE("whatever comes, the offset stays within the length and the length as it was said") {
    std::mt19937 random(std::random_device{}());
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    for (int trial = 0; trial < 200'000; ++trial) {
        const auto size = below(12);
        auto before = upload(below(size + 1), size, below(2) == 0);
        before.complete = before.length_known && before.offset == before.size && below(2) == 0;
        const auto how = static_cast<How>(below(3));
        const auto length = below(2) == 0 ? std::optional<std::uint64_t>(below(14)) : std::nullopt;
        const auto plan = plan_append(before, append(how, below(14), below(14), below(2) == 0, length));
        if (plan.has_error()) {
            continue;
        }
        const auto known = before.length_known ? before.size : plan->length.value_or(before.size);
        const bool holds = plan->end >= before.offset && plan->end <= known && known <= before.size &&
                           (!before.length_known || !plan->length) && (!plan->completes || plan->end == known) &&
                           (!before.complete || plan->end == before.offset);
        if (!holds) {
            FAIL("offset " << before.offset << " of " << before.size << ", trial " << trial);
        }
    }
}
