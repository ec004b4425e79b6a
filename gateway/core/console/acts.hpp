// The routes that change something: JSON in, one act of the desk, JSON out. A field of another shape than README.md says is a 422 that
// names it; what the fields mean is the desk's to judge.
#pragma once

#include "gateway/core/console/call.hpp"

namespace gateway::core::console {

http::Response open_dossier(const Tools& tools, const Call& call);
http::Response add_party(const Tools& tools, const Call& call);
http::Response register_consent(const Tools& tools, const Call& call);
http::Response withdraw_consent(const Tools& tools, const Call& call);
http::Response make_request(const Tools& tools, const Call& call);
http::Response release_document(const Tools& tools, const Call& call);
http::Response withdraw_release(const Tools& tools, const Call& call);
http::Response add_machine(const Tools& tools, const Call& call);
http::Response remove_machine(const Tools& tools, const Call& call);
http::Response notice_done(const Tools& tools, const Call& call);

}  // namespace gateway::core::console
