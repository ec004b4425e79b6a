#include "crypto/errors.hpp"

#include <string>

namespace crypto {

namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "crypto"; }

    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
        case Errc::no_match:
            return "none of these keys opens the file";
        case Errc::header_mac:
            return "the header was changed after it was written";
        case Errc::header:
            return "the header is malformed";
        case Errc::payload:
            return "the content is damaged or cut short";
        case Errc::armor:
            return "the text armor is malformed";
        case Errc::limit:
            return "larger than is accepted";
        case Errc::io:
            return "reading or writing failed";
        case Errc::encoding:
            return "the text is not in canonical encoding";
        case Errc::signature:
            return "no good signature of a known key";
        case Errc::proof:
            return "the proof does not lead to the root";
        case Errc::format:
            return "the text does not have the expected form";
        case Errc::seal:
            return "the seal does not fit";
        case Errc::unsupported:
            return "post-quantum keys need OpenSSL 3.5 or newer";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& category() noexcept {
    static const Category instance;
    return instance;
}

boost::system::error_code make_error_code(Errc error) noexcept {
    return {static_cast<int>(error), category()};
}

}  // namespace crypto
