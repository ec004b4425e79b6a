// Sockets and files the process may have open. Debian starts programs with 1024, fewer than a listener has connections.
#pragma once

#include <cstddef>

namespace gateway {

// Raises the soft limit up to `wanted`, as far as the hard one allows. Gives the limit that holds now. At start, one thread.
std::size_t raise_descriptor_limit(std::size_t wanted);

// Connections that fit: each may need a socket and two files, and what is kept back is for the database and everything else.
std::size_t connections_that_fit(std::size_t descriptors) noexcept;

}  // namespace gateway
