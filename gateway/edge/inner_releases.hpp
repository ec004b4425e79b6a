// Core puts releases here and takes them back (inner listener, mutual TLS). A release is streamed to a file of its own, hashed on the way,
// looked at like an upload (an age file for X25519 recipients), synced, and only then named by its row. The same release again is
// answered 204 and changes nothing; one that was withdrawn is never taken again. And what housekeeping does about them.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> inner_release_routes(Services& services);

// Files of interrupted puts and of releases that have ended go; on the pool, or before anything listens.
storage::Result<void> tidy_releases_at_start(Services& services);
std::size_t end_expired_releases(Services& services);  // gives how many; a failing database is asked again next time

}  // namespace gateway::edge
