#include "gateway/edge/creation.hpp"

#include "crypto/age/header.hpp"

#include "gateway/edge/age_gate.hpp"
#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/rules.hpp"
#include "gateway/edge/room.hpp"
#include "gateway/log.hpp"

namespace gateway::edge {

using storage::edge::Upload;
using storage::edge::Uploads;

namespace {

Answer<Uploads::New> prepare(Services& services, const NewUpload& wanted) {
    const auto grant = find_grant(services, wanted.credentials);
    if (grant.has_error()) {
        return grant.error();
    }
    const auto& creation = wanted.first.creation;
    if (creation.grant && *creation.grant != *grant) {
        return http::problems::forbidden;
    }
    const auto room = free_room(services);
    if (room.has_error()) {
        return room.error();
    }
    const auto id = policies::UploadId::from_random(services.random.bytes<16>());
    return Uploads::New{id, *grant, creation.item, creation.length, *room, creation.metadata, wanted.protocol, creation.repr_digest};
}

http::Problem problem_of_creation(const boost::system::error_code& error) noexcept {
    return error == storage::Errc::not_found ? http::problems::invalid : problem_of(error);  // no such item
}

void tell(Services& services, const Created& created) {
    log_event("upload.created", {{"upload", created.upload.id.text()}, {"bytes", created.upload.size}});
    for (const auto& displaced : created.displaced) {
        log_event("upload.aborted", {{"upload", displaced.text()}, {"reason", text_of(storage::edge::AbortReason::idle)}});
        if (services.vault.remove(displaced.text()).has_error()) {
            log_event("upload.litter", {{"upload", displaced.text()}});  // the next start removes it
        }
    }
}

// What the upload will be once the body is in it, if the rules let it in.
Answer<Uploads::Progress> expect_fitting(const Uploads::New& made, const NewUpload& wanted, crypto::ByteView body) {
    Upload upload{.id = made.id, .grant = made.grant, .item = policies::ItemId::from_random({})};
    upload.size = *made.length;
    const auto plan = protocol::plan_append(upload, wanted.first.body);
    if (plan.has_error()) {
        return plan.error().problem;
    }
    for (const auto& digest : wanted.first.body.content) {
        crypto::Checksum running(digest.algorithm);
        if (running.update(body).finish() != digest.value) {
            const bool is_tus = wanted.first.body.how == protocol::How::tus;
            return is_tus ? http::problems::checksum_mismatch : http::problems::digest_mismatch;
        }
    }
    const auto gate = look_at_beginning(body.first(std::min(body.size(), crypto::age::header_bytes_max)));
    if (gate == Gate::not_encrypted) {
        return http::problems::not_encrypted;
    }
    return Uploads::Progress{0, body.size(), gate == Gate::passed, {}, plan->completes};
}

}  // namespace

bool may_come_whole(const protocol::resumable::First& first) noexcept {
    const auto bytes = first.body.body_bytes;
    return bytes > 0 && bytes <= limits::piece_bytes && first.creation.length && first.creation.repr_digest.empty();
}

Answer<void> expect_wanted(Services& services, const NewUpload& wanted) {
    const auto made = prepare(services, wanted);
    if (made.has_error()) {
        return made.error();
    }
    const auto gate = services.database.read([&](storage::Connection& connection) {
        return services.uploads.expect_wanted(connection, *made, services.clock.now());
    });
    if (gate.has_error()) {
        return problem_of_creation(gate.error());
    }
    return expect_room(services, made->length.value_or(0));
}

Answer<Created> create_upload(Services& services, const NewUpload& wanted) {
    const auto made = prepare(services, wanted);
    if (made.has_error()) {
        return made.error();
    }
    // The file first: a row never names a file that is not there. Without its row the file goes at the next start.
    if (const auto file = services.vault.create(made->id.text()); file.has_error()) {
        return problem_of(file.error());
    }
    auto created = services.database.commit([&](storage::Connection& connection) {
        return services.uploads.create(connection, *made, services.clock.now());
    });
    if (created.has_error()) {
        if (services.vault.remove(made->id.text()).has_error()) {
            log_event("upload.litter", {{"upload", made->id.text()}});
        }
        return problem_of_creation(created.error());
    }
    tell(services, *created);
    return *std::move(created);
}

Answer<Created> create_whole(Services& services, const NewUpload& wanted, crypto::ByteView body) {
    const auto made = prepare(services, wanted);
    if (made.has_error()) {
        return made.error();
    }
    const auto progress = expect_fitting(*made, wanted, body);
    if (progress.has_error()) {
        return progress.error();
    }
    if (const auto staged = services.vault.stage(made->id.text(), body); staged.has_error()) {
        return problem_of(staged.error());
    }
    auto created = services.database.commit([&](storage::Connection& connection) -> storage::Result<Created> {
        auto one = services.uploads.create(connection, *made, services.clock.now());
        if (one.has_error()) {
            return one;
        }
        auto advanced = services.uploads.advance(connection, made->id, *progress, services.clock.now());
        if (advanced.has_error()) {
            return advanced.error();
        }
        return Created{*std::move(advanced), std::move(one->displaced)};
    });
    if (created.has_error()) {
        if (services.vault.unstage(made->id.text()).has_error()) {
            log_event("upload.litter", {{"upload", made->id.text()}});
        }
        return problem_of_creation(created.error());
    }
    if (services.vault.adopt(made->id.text()).has_error()) {
        return http::problems::unavailable;  // the row stands: the next start adopts it
    }
    tell(services, *created);
    return *std::move(created);
}

}  // namespace gateway::edge
