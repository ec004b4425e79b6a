#include "gateway/log.hpp"

#include "gateway/clock.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>

#include <unistd.h>

namespace gateway {

void log_event(std::string_view event, std::initializer_list<LogField> fields) {
    nlohmann::ordered_json line;
    line["at"] = SystemClock().now().text();
    line["event"] = event;
    for (const auto& field : fields) {
        std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
    }
    // Bytes that are no UTF-8 become U+FFFD: whatever a field holds, the line stays one line of JSON.
    const std::string text = line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    // One write a line, so that lines of two threads do not interleave. Nobody can be told when stderr is gone.
    std::string_view left = text;
    while (!left.empty()) {
        const auto written = ::write(STDERR_FILENO, left.data(), left.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return;
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace gateway
