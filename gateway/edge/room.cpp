#include "gateway/edge/room.hpp"

#include <algorithm>

namespace gateway::edge {

Answer<std::uint64_t> free_room(Services& services) {
    const auto free = services.vault.free_bytes();
    if (free.has_error()) {
        return http::problems::unavailable;
    }
    const auto beside = *free - std::min(*free, services.disk_reserve);
    return {boost::system::in_place_value, beside};
}

Answer<void> expect_room(Services& services, std::uint64_t length) {
    const auto room = free_room(services);
    const auto owed = services.database.read([&](storage::Connection& connection) -> storage::Result<std::uint64_t> {
        return services.uploads.bytes_owed(connection, services.clock.now());
    });
    if (room.has_error() || owed.has_error()) {
        return http::problems::unavailable;
    }
    const bool fits = *room >= *owed && *room - *owed >= length;
    return fits ? Answer<void>() : Answer<void>(http::problems::no_space);
}

}  // namespace gateway::edge
