// The tables of core: who works here, dossiers, parties, consents, requests, grants, documents, what must go out, and how far the
// edge's log was read. Times are microseconds since 1970 in UTC, ids are 32 hex digits. The audit log's tables come after ours.
#pragma once

#include "storage/database.hpp"

namespace storage::core {

Schema schema();

}  // namespace storage::core
