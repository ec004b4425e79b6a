#include "crypto/age/inspect.hpp"

#include "crypto/age/hybrid.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

namespace crypto::age {

namespace {

bool decodes_to(std::string_view text, std::size_t size) {
    const auto bytes = from_base64_raw(text);
    return bytes && bytes->size() == size;
}

bool is_work_factor(std::string_view text) {
    for (const char digit : text) {
        if (digit < '0' || digit > '9') {
            return false;
        }
    }
    return !text.empty() && text.front() != '0';
}

}  // namespace

Result<void> check_stanza(const Stanza& stanza, std::size_t stanzas) {
    const std::vector<std::string>& arguments = stanza.arguments;
    if (stanza.type == x25519_type) {
        if (arguments.size() != 1 || !decodes_to(arguments[0], 32) || stanza.body.size() != wrapped_size) {
            return Errc::header;
        }
    } else if (stanza.type == hybrid_type) {
        if (arguments.size() != 1 || !decodes_to(arguments[0], hybrid_share) || stanza.body.size() != wrapped_size) {
            return Errc::header;
        }
    } else if (stanza.type == scrypt_type) {
        const bool alone = stanzas == 1;  // C2SP age v1: a passphrase stands alone, or it would vouch for what others can change
        if (!alone || arguments.size() != 2 || !decodes_to(arguments[0], 16) || !is_work_factor(arguments[1]) ||
            stanza.body.size() != wrapped_size) {
            return Errc::header;
        }
    }
    return {};
}

Result<Inspection> inspect(const Header& header) {
    Inspection inspection;
    inspection.header_size = header.raw.size();
    for (const Stanza& stanza : header.stanzas) {
        const auto checked = check_stanza(stanza, header.stanzas.size());
        if (!checked) {
            return checked.error();
        }
        inspection.types.push_back(stanza.type);
    }
    return inspection;
}

Result<void> expect_x25519_only(const Header& header) {
    const auto inspection = inspect(header);
    if (!inspection) {
        return inspection.error();
    }
    bool has_x25519 = false;
    for (const std::string& type : inspection->types) {
        has_x25519 = has_x25519 || type == x25519_type;
        // rage adds a stanza "…-grease" to every file, so that readers stay able to skip what they do not know.
        if (type != x25519_type && !type.ends_with("-grease")) {
            return Errc::no_match;
        }
    }
    return has_x25519 ? Result<void>{} : Result<void>(Errc::no_match);
}

Result<std::uint64_t> plain_size_of(const Header& header, std::uint64_t total) {
    if (total < header.raw.size()) {
        return Errc::payload;
    }
    return plain_size(total - header.raw.size());
}

}  // namespace crypto::age
