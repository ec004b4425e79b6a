#include "gateway/edge/active_uploads.hpp"

#include "tests/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>

namespace asio = boost::asio;
using gateway::edge::ActiveUploads;
namespace http = gateway::http;

namespace {

const auto upload = *policies::UploadId::parse(std::string(32, 'a'));

// A request whose body never comes: read_some waits until it is cancelled.
class Stalled final : public http::Exchange {
public:
    explicit Stalled(asio::io_context& context) : timer_(context) {}

    const http::Request& request() const override { return request_; }
    const std::string& parameter(std::string_view) const override { return nothing_; }
    asio::awaitable<std::size_t> read_some(std::span<std::uint8_t>) override {
        timer_.expires_after(std::chrono::hours(1));
        boost::system::error_code rung;
        auto token = asio::redirect_error(asio::use_awaitable, rung);
        co_await timer_.async_wait(std::move(token));
        co_return 0;
    }
    asio::awaitable<bool> wait_for_body(std::chrono::milliseconds) override { throw std::logic_error("not asked here"); }
    std::size_t read_now(std::span<std::uint8_t>) override { return 0; }
    asio::awaitable<void> send_interim(http::Response) override { throw std::logic_error("not asked here"); }
    asio::awaitable<std::string> read_all(std::size_t) override { throw std::logic_error("not asked here"); }
    http::BodyError body_error() const override { return http::BodyError::cut; }
    std::uint64_t body_left() const override { return 1; }
    void cancel_body() override { timer_.cancel(); }

private:
    http::Request request_;
    std::string nothing_;
    asio::steady_timer timer_;
};

struct Story {
    asio::io_context context;
    ActiveUploads active;
    std::vector<std::string> events;

    void spawn(asio::awaitable<void> work) { asio::co_spawn(context, std::move(work), asio::detached); }
};

asio::awaitable<void> hold(Story& story, std::string name) {
    Stalled exchange(story.context);
    const auto claim = co_await story.active.claim(upload, exchange);
    story.events.push_back(name + (claim ? " in" : " refused"));
    if (!claim) {
        co_return;
    }
    std::array<std::uint8_t, 1> buffer{};
    const std::span<std::uint8_t> room(buffer);
    const std::size_t got = co_await exchange.read_some(room);
    story.events.push_back(name + (claim->cancelled() && got == 0 ? " cancelled" : " ended"));
}

asio::awaitable<void> stop_holder(Story& story) {
    story.active.cancel(upload);
    co_return;
}

}  // namespace

TEST_CASE("a newer request ends the older one and waits until it is out") {
    Story story;
    story.spawn(hold(story, "old"));
    story.spawn(hold(story, "new"));
    story.context.poll();
    CHECK(story.events == std::vector<std::string>{"old in", "old cancelled", "new in"});
    story.spawn(stop_holder(story));
    story.context.run();
    CHECK(story.events.back() == "new cancelled");
}

TEST_CASE("of several newer requests each takes over from the one before, and all end") {
    Story story;
    for (const auto* name : {"a", "b", "c", "d"}) {
        story.spawn(hold(story, name));
    }
    story.context.poll();
    CHECK(std::ranges::count_if(story.events, [](const auto& event) { return event.ends_with(" in"); }) == 4);
    CHECK(std::ranges::count_if(story.events, [](const auto& event) { return event.ends_with(" cancelled"); }) == 3);
    story.spawn(stop_holder(story));
    story.context.run();
    CHECK(std::ranges::count_if(story.events, [](const auto& event) { return event.ends_with(" cancelled"); }) == 4);
}

TEST_CASE("cancelling what nobody holds does nothing") {
    Story story;
    story.spawn(stop_holder(story));
    story.context.run();
    story.context.restart();
    story.spawn(hold(story, "later"));
    story.context.poll();
    CHECK(story.events == std::vector<std::string>{"later in"});
    story.spawn(stop_holder(story));
    story.context.run();
}
