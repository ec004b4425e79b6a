#include "tests/gateway/core/world.hpp"

#include "gateway/core/notify/notifier.hpp"

using gateway::core::notify::mail_date;
using gateway::core::notify::Notifier;
using world::World;

namespace {

class FakeSender final : public gateway::core::notify::MailSender {
public:
    std::vector<gateway::client::Mail> sent;
    std::size_t failures = 0;
    std::size_t attempts = 0;
    gateway::client::Errc error = gateway::client::Errc::smtp;

    crypto::Result<void> send(const gateway::client::Mail& mail) override {
        if (++attempts <= failures) {
            return error;
        }
        sent.push_back(mail);
        return {};
    }
};

struct Mailbox {
    World world;
    FakeSender sender;
    Notifier notifier{{*world.database, *world.audit, *world.keyring, sender, world.clock, world.random}, {}};

    void add(storage::core::NewMail mail) {
        const auto done = world.database->commit([&](storage::Connection& connection) -> storage::Result<void> {
            storage::core::Outbox::add(connection, mail, world.clock.now());
            return {};
        });
        REQUIRE(done.has_value());
    }

    void add_invitation() {
        const auto body = world.keyring->seal(crypto::as_bytes("https://edge.test/u#grant.secret"), world.random);
        add({"invitation", world.rows->dossier, "peeters@praktijk.test", "2026-0001: vraag", std::nullopt, body, "<1@city.test>"});
    }

    std::int64_t bodies_left() {
        const auto left = world.database->read([](storage::Connection& connection) -> storage::Result<std::int64_t> {
            auto row = connection.query("SELECT count(*) FROM outbox WHERE body IS NOT NULL OR sealed_body IS NOT NULL");
            row.step();
            return row.integer(0);
        });
        return *left;
    }

    std::vector<std::string> notices() {
        const auto kinds = world.database->read([this](storage::Connection& connection) -> storage::Result<std::vector<std::string>> {
            std::vector<std::string> found;
            for (const auto& notice : storage::core::Notices::of_staff(connection, world.rows->handler, 100)) {
                found.push_back(notice.kind);
            }
            return found;
        });
        return *kinds;
    }

    std::size_t waiting() {
        const auto count = world.database->read([](storage::Connection& connection) -> storage::Result<std::size_t> {
            return storage::core::Outbox::waiting(connection);
        });
        return *count;
    }
};

}  // namespace

TEST_CASE("an invitation is opened, sent once, and its link is wiped") {
    Mailbox box;
    box.add_invitation();
    CHECK(box.notifier.turn().count() == 0);
    CHECK(box.notifier.turn().count() == 1'000);
    REQUIRE(box.sender.sent.size() == 1);
    CHECK(box.sender.sent[0].to == "peeters@praktijk.test");
    CHECK(box.sender.sent[0].subject == "2026-0001: vraag");
    CHECK(box.sender.sent[0].text == "https://edge.test/u#grant.secret");
    CHECK(box.sender.sent[0].message_id == "<1@city.test>");
    CHECK(box.sender.sent[0].date == "Tue, 24 Nov 2026 10:00:00 +0000");
    CHECK(box.bodies_left() == 0);
    CHECK(box.waiting() == 0);
}

TEST_CASE("a mail that fails is tried again after 5 s, doubling up to an hour, and stays the same mail") {
    Mailbox box;
    box.add_invitation();
    box.sender.failures = 12;
    std::vector<std::int64_t> waits;
    while (box.sender.sent.empty()) {
        const auto attempts = box.sender.attempts;
        std::int64_t waited = 0;
        while (box.sender.attempts == attempts) {
            box.notifier.turn();
            if (box.sender.attempts == attempts) {
                box.world.clock.pass(policies::one_second);
                ++waited;
            }
        }
        waits.push_back(waited);
    }
    CHECK(waits == std::vector<std::int64_t>{0, 5, 10, 20, 40, 80, 160, 320, 640, 1'280, 2'560, 3'600, 3'600});
    CHECK(box.sender.sent[0].message_id == "<1@city.test>");
    CHECK(box.sender.sent[0].date == "Tue, 24 Nov 2026 10:00:00 +0000");
    CHECK(box.waiting() == 0);
}

TEST_CASE("an address that is refused is told to the handler within a minute, once, and tried again for five days") {
    Mailbox box;
    box.add_invitation();
    box.sender.failures = 1'000;
    box.sender.error = gateway::client::Errc::mail_refused;
    for (int second = 0; second < 60; ++second) {
        box.notifier.turn();
        box.world.clock.pass(policies::one_second);
    }
    CHECK(box.notices() == std::vector<std::string>{"mail.undelivered"});
    for (int hour = 0; hour < 119; ++hour) {
        box.notifier.turn();
        box.world.clock.pass(3'600 * policies::one_second);
    }
    CHECK(box.waiting() == 1);
    box.world.clock.pass(2 * 3'600 * policies::one_second);
    box.notifier.turn();
    CHECK(box.waiting() == 0);
    CHECK(box.bodies_left() == 0);
    CHECK(box.notices().size() == 1);
    REQUIRE(box.world.audit_entries("mail.given-up").size() == 1);
    CHECK(box.world.audit_entries("mail.given-up").at(0).at("kind") == "invitation");
}

TEST_CASE("a mail server that is away is told after four hours, not before") {
    Mailbox box;
    box.add_invitation();
    box.sender.failures = 1'000;
    for (int minute = 0; minute < 4 * 60; ++minute) {
        box.notifier.turn();
        box.world.clock.pass(60 * policies::one_second);
    }
    CHECK(box.notices().empty());
    for (int minute = 0; minute < 90; ++minute) {
        box.notifier.turn();
        box.world.clock.pass(60 * policies::one_second);
    }
    CHECK(box.notices() == std::vector<std::string>{"mail.undelivered"});
    box.sender.failures = 0;
    box.world.clock.pass(3'600 * policies::one_second);
    box.notifier.turn();
    CHECK(box.sender.sent.size() == 1);
}

TEST_CASE("a mail that cannot be sent does not hold up the others") {
    Mailbox box;
    box.sender.failures = 1;
    box.add_invitation();
    box.add({"arrival", box.world.rows->dossier, "els@city.test", "2026-0001", "Er is een stuk.", std::nullopt, "<2@city.test>"});
    box.notifier.turn();
    box.notifier.turn();
    REQUIRE(box.sender.sent.size() == 1);
    CHECK(box.sender.sent[0].to == "els@city.test");
    CHECK(box.waiting() == 1);
}

TEST_CASE("a notifier that died with a mail in hand costs a second attempt of the same mail") {
    Mailbox box;
    box.add_invitation();
    const auto taken = box.world.database->commit([&](storage::Connection& connection) -> storage::Result<std::size_t> {
        return storage::core::Outbox::take(connection, box.world.clock.now(), 120 * policies::one_second, 10).size();
    });
    REQUIRE(*taken == 1);
    box.notifier.turn();
    CHECK(box.sender.sent.empty());  // still leased by the one that died
    box.world.clock.pass(121 * policies::one_second);
    box.notifier.turn();
    CHECK(box.sender.sent.size() == 1);
}

TEST_CASE("a link that this keyring cannot open is not sent, and not lost") {
    Mailbox box;
    box.add({"invitation", box.world.rows->dossier, "peeters@praktijk.test", "2026-0001", std::nullopt, crypto::Bytes{'x'}, "<1@city.test>"}
    );
    box.notifier.turn();
    CHECK(box.sender.attempts == 0);
    CHECK(box.waiting() == 1);
    CHECK(box.bodies_left() == 1);
}

TEST_CASE("the thread sends what is added, without being asked, and stops when told") {
    Mailbox box;
    box.notifier.start();
    box.add_invitation();
    box.notifier.wake();
    for (int tries = 0; tries < 500 && box.waiting() > 0; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(box.waiting() == 0);
    box.notifier.stop();
    CHECK(box.sender.sent.size() == 1);
}

TEST_CASE("dates are those of RFC 5322") {
    CHECK(mail_date(*policies::Instant::parse("2026-11-24T18:39:09.999999Z")) == "Tue, 24 Nov 2026 18:39:09 +0000");
    CHECK(mail_date(*policies::Instant::parse("2024-02-29T00:00:00Z")) == "Thu, 29 Feb 2024 00:00:00 +0000");
    CHECK(mail_date(*policies::Instant::parse("1970-01-01T00:00:00Z")) == "Thu, 01 Jan 1970 00:00:00 +0000");
}
