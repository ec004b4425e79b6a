// What our programs free they wipe first: a password in a request, a name in a JSON value, a link in a mail, also where a library made a
// copy of it. wiped_memory.cpp replaces the global operator new and delete; libcurl is given the functions below. Not under sanitizers,
// which have their own. Keys are in crypto::Secret, which is locked as well. Any thread.
#pragma once

#include <cstddef>

namespace gateway {

void* wiped_realloc(void* block, std::size_t size) noexcept;
void wiped_free(void* block) noexcept;

}  // namespace gateway
