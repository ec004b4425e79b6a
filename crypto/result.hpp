// A value or the reason there is none. Ignoring one is a compile error (warning as error).
// Errors are values of one `Errc` a layer; exceptions are left for broken invariants, memory and start-up.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace crypto {

template <class T>
class [[nodiscard]] Result : public boost::system::result<T> {
public:
    using boost::system::result<T>::result;
};

}  // namespace crypto
