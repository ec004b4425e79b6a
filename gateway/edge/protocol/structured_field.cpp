#include "gateway/edge/protocol/structured_field.hpp"

#include "crypto/encoding.hpp"
#include "gateway/ascii.hpp"

#include <algorithm>

namespace gateway::edge::protocol {
namespace {

constexpr std::size_t digits_max = 15;

bool is_key(std::string_view text) {
    const auto starts = [](char letter) { return letter == '*' || (letter >= 'a' && letter <= 'z'); };
    const auto goes_on = [&](char letter) { return starts(letter) || is_digit(letter) || letter == '_' || letter == '-' || letter == '.'; };
    return !text.empty() && starts(text.front()) && std::all_of(text.begin(), text.end(), goes_on);
}

bool is_bare_value(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return letter > ' ' && letter < 0x7f && letter != ',' && letter != ';' && letter != '"';
    });
}

// The item without its parameters (RFC 9651 section 4.2.3.2), which mean nothing to us but must be some.
std::optional<std::string_view> bare_item(std::string_view text) {
    text = trimmed(text);
    const auto item = text.substr(0, text.find(';'));
    for (auto rest = text.substr(item.size()); !rest.empty();) {
        rest.remove_prefix(1);
        const auto parameter = trimmed(rest.substr(0, rest.find(';')));
        rest.remove_prefix(std::min(rest.find(';'), rest.size()));
        const auto equals = parameter.find('=');
        const bool valued = equals != std::string_view::npos;
        if (!is_key(parameter.substr(0, equals)) || (valued && !is_bare_value(parameter.substr(equals + 1)))) {
            return std::nullopt;
        }
    }
    return item;
}

std::string_view name_of(crypto::ChecksumAlgorithm algorithm) noexcept {
    switch (algorithm) {
    case crypto::ChecksumAlgorithm::sha1:
        return "sha";
    case crypto::ChecksumAlgorithm::sha512:
        return "sha-512";
    case crypto::ChecksumAlgorithm::sha256:
        break;
    }
    return "sha-256";
}

std::optional<crypto::Bytes> parse_byte_sequence(std::string_view text) {
    if (text.size() < 2 || text.front() != ':' || text.back() != ':') {
        return std::nullopt;
    }
    auto bytes = crypto::from_base64(text.substr(1, text.size() - 2));
    return bytes.has_value() ? std::optional(*std::move(bytes)) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_sf_integer(std::string_view text) noexcept {
    const auto item = bare_item(text);
    if (!item || item->empty() || item->size() > digits_max || !std::all_of(item->begin(), item->end(), is_digit)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char digit : *item) {
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return value;
}

std::optional<bool> parse_sf_boolean(std::string_view text) noexcept {
    const auto item = bare_item(text);
    if (item == "?1") {
        return true;
    }
    return item == "?0" ? std::optional(false) : std::nullopt;
}

std::optional<std::vector<Expected>> parse_digests(std::string_view text) {
    std::vector<Expected> digests;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto member = trimmed(text.substr(0, comma));
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
        const auto equals = member.find('=');
        const auto key = member.substr(0, equals);
        const auto value = equals == std::string_view::npos ? std::nullopt : parse_byte_sequence(member.substr(equals + 1));
        if (!is_key(key) || !value) {
            return std::nullopt;
        }
        for (const auto algorithm : {crypto::ChecksumAlgorithm::sha256, crypto::ChecksumAlgorithm::sha512}) {
            if (key == name_of(algorithm)) {
                if (value->size() != crypto::checksum_bytes(algorithm)) {
                    return std::nullopt;
                }
                digests.push_back({algorithm, *value});
            }
        }
    }
    return digests;
}

std::string digest_text(const Expected& digest) {
    return std::string(name_of(digest.algorithm)) + "=:" + crypto::to_base64(digest.value) + ":";
}

}  // namespace gateway::edge::protocol
