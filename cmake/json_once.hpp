// nlohmann/json's parser and serializer are compiled once, in json_once.cpp, and not in each of a hundred units. Precompiled right
// behind <nlohmann/json.hpp>, see Layers.cmake; nobody includes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What the units parse from: a string_view, a string, bytes.
#define SLUIS_JSON_ONCE(extern_or_not)                                                                                                     \
    extern_or_not template class nlohmann::detail::serializer<nlohmann::json>;                                                             \
    extern_or_not template class nlohmann::detail::json_sax_dom_parser<nlohmann::json>;                                                    \
    SLUIS_JSON_ONCE_FROM(extern_or_not, const char*)                                                                                       \
    SLUIS_JSON_ONCE_FROM(extern_or_not, std::string::const_iterator)                                                                       \
    SLUIS_JSON_ONCE_FROM(extern_or_not, std::vector<std::uint8_t>::const_iterator)
#define SLUIS_JSON_ONCE_FROM(extern_or_not, iterator)                                                                                      \
    extern_or_not template class nlohmann::detail::parser<nlohmann::json, nlohmann::detail::iterator_input_adapter<iterator>>;             \
    extern_or_not template class nlohmann::detail::lexer<nlohmann::json, nlohmann::detail::iterator_input_adapter<iterator>>;

#ifndef SLUIS_JSON_ONCE_HERE
SLUIS_JSON_ONCE(extern)
#endif
