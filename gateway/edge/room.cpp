#include "gateway/edge/room.hpp"

namespace gateway::edge {

Answer<void> expect_room(Services& services, std::uint64_t length) {
    const auto free = services.vault.free_bytes();
    const auto owed = services.database.read([&](storage::Connection& connection) -> storage::Result<std::uint64_t> {
        return services.uploads.bytes_owed(connection, services.clock.now());
    });
    if (free.has_error() || owed.has_error()) {
        return http::problems::unavailable;
    }
    const bool fits =
        *free >= services.disk_reserve && *free - services.disk_reserve >= *owed && *free - services.disk_reserve - *owed >= length;
    return fits ? Answer<void>() : Answer<void>(http::problems::no_space);
}

}  // namespace gateway::edge
