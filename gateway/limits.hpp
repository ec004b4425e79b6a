// Every limit of the network side, with its unit and its reason. A limit is tested at its value and one past it on a running server.
// Waits are times without an end otherwise; counts and sizes are what one peer may make us hold. ListenOptions can shorten the waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gateway::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Waits of a connection.
constexpr milliseconds handshake = seconds(10);     // TLS: three flights on a bad mobile line take under 5 s
constexpr milliseconds head = seconds(15);          // whole header block, counted from its first byte and never extended: a drip ends
constexpr milliseconds idle = seconds(30);          // between two requests of a connection
constexpr milliseconds body_silence = seconds(10);  // no byte of an announced body
constexpr milliseconds body_grace = seconds(15);    // how long a body may stay below `body_pace_min`
constexpr milliseconds write_silence = seconds(30); // no byte taken by a reader; kernel buffers hide up to 32 KiB of progress
constexpr milliseconds shutdown = seconds(3);       // close_notify, FIN and drain together
constexpr milliseconds stop_drain = seconds(10);    // running requests, once the program was told to stop
constexpr milliseconds accept_pause = milliseconds(100);  // when the process is out of file descriptors

// Sizes of a connection, in bytes.
constexpr std::uint64_t body_pace_min = 1024;        // a second, below it a connection costs more than it brings
constexpr std::size_t head_bytes = 16 * 1024;        // request line and fields
constexpr std::size_t head_fields = 64;
constexpr std::size_t target_bytes = 2048;
constexpr std::size_t close_drain_bytes = 64 * 1024; // read and thrown away after an early answer, so that the answer arrives
constexpr std::size_t read_bytes = 4 * 1024;         // one read of a header block: most fit
constexpr std::size_t source_piece_bytes = 256 * 1024;  // of a large answer, in memory at once
constexpr std::size_t unsent_bytes = 32 * 1024;      // kept by the kernel for a slow reader, so that its progress is seen
constexpr std::size_t one_record_bytes = 16 * 1024;  // a head and a body up to this leave in one TLS record

// Counts of a listener.
constexpr std::size_t connections = 3000;             // at 20 KiB idle: 60 MiB
constexpr std::size_t connections_per_address = 64;   // IPv4 address or IPv6 /64; a town hall behind one address stays below
constexpr std::size_t requests_per_connection = 10'000;
constexpr int accept_backlog = 1024;
constexpr std::size_t descriptors_per_connection = 3;   // socket, the file it writes, the file it looks into
constexpr std::size_t descriptors_reserve = 128;        // database, logs, pulls of core: taken by no connection
constexpr std::size_t descriptors_default = 1024;       // where the system does not say
constexpr std::size_t descriptors = connections * descriptors_per_connection + descriptors_reserve;

// Files read at start, in bytes.
constexpr std::size_t settings_bytes = 1024 * 1024;

// Waits of outgoing calls.
constexpr seconds connect = seconds(10);
constexpr long bytes_per_second_min = 64;  // averaged over the timeout: below it a peer is not slow but stalling
constexpr long inner_bytes_per_second_min = 16 * 1024;  // the same between core and edge, which are one hop apart

}  // namespace gateway::limits
