// The only `now` of the product. Everything below receives an Instant.
#pragma once

#include "policies/instant.hpp"

namespace gateway {

class Clock {
public:
    virtual ~Clock() = default;
    virtual policies::Instant now() const = 0;  // any thread
};

class SystemClock final : public Clock {
public:
    policies::Instant now() const override;
};

}  // namespace gateway
