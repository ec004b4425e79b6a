// nlohmann/json's parser and serializer are compiled once, in json_once.cpp, and not in each of a hundred units. Precompiled right
// behind <nlohmann/json.hpp>, see Layers.cmake; nobody includes it.
#pragma once

extern template class nlohmann::detail::serializer<nlohmann::json>;
extern template class nlohmann::detail::parser<nlohmann::json, nlohmann::detail::iterator_input_adapter<const char*>>;
extern template class nlohmann::detail::lexer<nlohmann::json, nlohmann::detail::iterator_input_adapter<const char*>>;
extern template class nlohmann::detail::json_sax_dom_parser<nlohmann::json>;
