// The routes that show something. Each sees the rows its caller may see and no others: handlers their own dossiers, advising doctors
// those assigned to them, the DPO all without subjects, addresses and file names. What is left out and what is not there look alike.
#pragma once

#include "gateway/core/console/call.hpp"

namespace gateway::core::console {

constexpr std::size_t dossiers_listed_max = 1000;
constexpr std::size_t notices_listed_max = 200;

http::Response case_types(const Tools& tools, const Call& call);
http::Response dossiers(const Tools& tools, const Call& call);
http::Response dossier(const Tools& tools, const Call& call);
http::Response inbox(const Tools& tools, const Call& call);
http::Response content(const Tools& tools, const Call& call);  // of a filed document, in clear; logged before it is opened

// RFC 6266 and RFC 8187: a name that somebody outside chose, in a header.
std::string content_disposition(std::string_view file_name);

}  // namespace gateway::core::console
