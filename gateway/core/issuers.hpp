// Identity providers whose access tokens the edge is to believe: `issuers` of core.json, each with the audience that is us and a file with
// its public keys (a JSON Web Key Set, fetched by whoever trusts the provider, never by us). The operator's files: what is wrong with
// them becomes a fault of the settings.
#pragma once

#include "gateway/settings.hpp"

namespace gateway::core {

// The whole set as the edge is told it (../README.md, PUT /inner/v1/issuers); an empty one too, so that it forgets the others.
std::string read_issuers(Settings& settings);

}  // namespace gateway::core
