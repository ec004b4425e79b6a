// Events for operators: one JSON object a line on stderr, typed fields, never a sentence with data in it. Not the audit log.
// Takes no secret, no name, no mail address, no file name: ids, numbers, error codes. Any thread; lines never interleave.
//
//   log_event("upload.sealed", {{"upload", id.text()}, {"bytes", size}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace gateway {

struct LogField {
    std::string_view name;
    std::variant<std::string, std::int64_t, bool> value;

    LogField(std::string_view field, std::string text) : name(field), value(std::move(text)) {}
    LogField(std::string_view field, std::string_view text) : name(field), value(std::string(text)) {}
    LogField(std::string_view field, const char* text) : name(field), value(std::string(text)) {}
    LogField(std::string_view field, std::int64_t number) : name(field), value(number) {}
    LogField(std::string_view field, std::uint64_t number) : name(field), value(static_cast<std::int64_t>(number)) {}
    LogField(std::string_view field, int number) : name(field), value(static_cast<std::int64_t>(number)) {}
    LogField(std::string_view field, bool yes) : name(field), value(yes) {}
};

void log_event(std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace gateway
