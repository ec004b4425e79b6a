#include "storage/errors.hpp"

namespace storage {
namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "storage"; }

    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
        case Errc::not_found:
            return "not found";
        case Errc::conflict:
            return "the state has moved on";
        case Errc::refused:
            return "a rule says no";
        case Errc::full:
            return "no space left";
        case Errc::io:
            return "the disk failed";
        case Errc::damaged:
            return "damaged, or written by a newer version";
        case Errc::too_large:
            return "too large";
        }
        return "unknown storage error";
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

}  // namespace storage
