// The cross-references of a case type, which no schema can check: whatever is named is there, once. For case_type_reader.cpp only.
#pragma once

#include "policies/case_type.hpp"

#include <nlohmann/json_fwd.hpp>

namespace policies {

// `root` is the file itself: parts that the rules do not read yet (requirements, notifications, …) are checked in it.
void lint_references(const CaseType& type, const nlohmann::json& root, std::vector<Fault>& faults);

}  // namespace policies
