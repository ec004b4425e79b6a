// A mail as the bytes that go to the server (RFC 5322, MIME): headers, then the text as UTF-8 in quoted-printable, whose lines
// no server has to fold. Refuses what could break out of a header line. Pure.
#pragma once

#include "gateway/client/smtp.hpp"

namespace gateway::client {

bool is_address(std::string_view text);  // one plain "local@domain" in ASCII, no display name, no comment
crypto::Result<std::string> message_of(std::string_view from, const Mail& mail);  // Errc::smtp when a field is not clean

}  // namespace gateway::client
