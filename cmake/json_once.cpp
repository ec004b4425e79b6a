#define SLUIS_JSON_ONCE_HERE
#include <nlohmann/json.hpp>

#include "json_once.hpp"

SLUIS_JSON_ONCE()
