// A mail as the bytes that go to the server (RFC 5322, MIME): headers, then the text as UTF-8 in quoted-printable, whose lines
// no server has to fold. Refuses what could break out of a header line. Pure.
#pragma once

#include "gateway/client/smtp.hpp"

namespace gateway::client {

bool is_address(std::string_view text);  // one plain "local@domain" in ASCII, no display name, no comment

struct Sender {
    std::string_view address;
    std::string_view name;  // shown beside the address, and below the text; may be empty
};
crypto::Result<std::string> message_of(const Sender& sender, const Mail& mail);  // Errc::smtp when a field is not clean

}  // namespace gateway::client
