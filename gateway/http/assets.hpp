// The portal inside the executable: portal/build.mjs writes the table, cmake/EmbedPortal.cmake compiles it in. Layout of the table
// (assembler, portal/README.md): sluis_assets = entries {path, path_size, type, type_size, bytes, size, immutable}, sluis_assets_count.
#pragma once

#include "gateway/http/routes.hpp"

namespace gateway::http {

struct Asset {
    const char* path;  // "/assets/upload-3f2a91c0.js", "/u"
    std::uint64_t path_size;
    const char* type;  // media type
    std::uint64_t type_size;
    const char* bytes;
    std::uint64_t size;
    std::uint64_t immutable;  // 1: the name holds the content's hash
};

// One GET and one HEAD route an asset.
std::vector<Route> asset_routes(std::span<const Asset> assets);

extern "C" {
extern const Asset sluis_assets[];
extern const std::uint64_t sluis_assets_count;
}

}  // namespace gateway::http
