#include "gateway/edge/test_readback.hpp"

#ifdef SLUIS_TEST_READBACK

#include "gateway/http/problem.hpp"

#include <stdexcept>

namespace gateway::edge::readback {

bool is_wanted(const http::Request& request) {
    return request.header("accept").value_or("").find("application/json") == std::string_view::npos;
}

http::Response bytes_of(Services& services, const storage::edge::Upload& upload) {
    auto opened = services.vault.open_to_read(upload.id.text());
    if (opened.has_error()) {
        return http::problem(http::problems::not_found);
    }
    const auto reader = std::make_shared<storage::Vault::Reader>(*std::move(opened));
    http::Response response;
    response.with("Content-Type", "application/octet-stream");
    response.source = std::make_shared<http::BodySource>();
    response.source->size = upload.offset;
    response.source->read = [reader](std::uint64_t offset, std::size_t count_max) {
        crypto::Bytes bytes(count_max);
        const auto got = reader->read_at(offset, bytes);
        if (got.has_error()) {
            throw std::runtime_error("a file that cannot be read");
        }
        bytes.resize(*got);
        return bytes;
    };
    return response;
}

}  // namespace gateway::edge::readback

#endif
