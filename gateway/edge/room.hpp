// Room on the disk: what was promised to running uploads and the reserve come first. On the pool.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/services.hpp"

namespace gateway::edge {

// Free bytes beside the reserve; what was promised to running uploads is still in it.
Answer<std::uint64_t> free_room(Services& services);

// Room for `length` bytes beside all that was promised: no_space when not. Two that ask at the same moment may both pass: the reserve
// is there for that.
Answer<void> expect_room(Services& services, std::uint64_t length);

}  // namespace gateway::edge
