// Puts ledger and vault in step, at the start (before any listener) and now and then. Blocking.
#pragma once

#include "gateway/edge/services.hpp"

namespace gateway::edge {

// Files without a live row go (a crash between the two steps of a creation or a deletion leaves them). An unfinished upload whose file is
// shorter than its offset is aborted: the offset was synced, so the disk lied. A sealed upload whose file is not whole is only told
// of (event `upload.damaged`): what was accepted is core's to judge.
storage::Result<void> tidy_at_start(Services& services);

// Aborts unfinished uploads whose grant has run out since; gives their ids, so that running requests can be stopped.
storage::Result<std::vector<policies::UploadId>> abort_expired(Services& services);

}  // namespace gateway::edge
