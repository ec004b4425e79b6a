// The tables of the edge: postings with their items, uploads with their manifests, and the log. No names: ids, hashes, sizes, times and
// ciphertext only. Scripts are only ever added at the end (storage/database.hpp).
#pragma once

#include "storage/database.hpp"

namespace storage::edge {

Schema schema();

}  // namespace storage::edge
