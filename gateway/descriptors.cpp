#include "gateway/descriptors.hpp"

#include "gateway/limits.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace gateway {

std::size_t raise_descriptor_limit(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return limits::descriptors_default;
    }
    const auto raised = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(wanted, limit.rlim_max));
    const rlimit better{raised, limit.rlim_max};
    return static_cast<std::size_t>(::setrlimit(RLIMIT_NOFILE, &better) == 0 ? raised : limit.rlim_cur);
}

std::size_t connections_that_fit(std::size_t descriptors) noexcept {
    const auto left = descriptors > limits::descriptors_reserve ? descriptors - limits::descriptors_reserve : 0;
    return std::max<std::size_t>(left / limits::descriptors_per_connection, 1);
}

}  // namespace gateway
