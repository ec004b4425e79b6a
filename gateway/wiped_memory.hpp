// What our C++ and libcurl free is wiped first: a password in a request, a name in a JSON value, a link in a mail. wiped_memory.cpp
// replaces the global operator new and delete; libcurl is given the functions below. SQLite's and OpenSSL's own memory is not wiped (TLS is
// told to: SSL_OP_CLEANSE_PLAINTEXT). Not under sanitizers, which have their own. Keys are in crypto::Secret, which is locked. Any thread.
#pragma once

#include <cstddef>

namespace gateway {

void* wiped_realloc(void* block, std::size_t size) noexcept;
void wiped_free(void* block) noexcept;

}  // namespace gateway
