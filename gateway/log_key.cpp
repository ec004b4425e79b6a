#include "gateway/log_key.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace gateway {

crypto::NoteSigner read_log_key(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    auto signer = crypto::NoteSigner::parse(text);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    if (signer.has_error()) {
        throw std::runtime_error("log.key: " + signer.error().message());
    }
    return *std::move(signer);
}

}  // namespace gateway
