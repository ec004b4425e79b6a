// What a handler asked of a party: typed items with a deadline. An item's code is a random id of this request; the edge sees nothing else.
// The state is computed (policies/completeness.hpp), never stored.
#pragma once

#include "policies/completeness.hpp"
#include "policies/ids.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct RequestItem {
    policies::ItemId id;  // the opaque code
    std::string type;     // document type of the case type
    bool required = false;
    std::uint64_t files_max = 1;
    std::uint64_t file_bytes_max = 0;
};

struct Request {
    policies::RequestId id;
    policies::DossierId dossier;
    policies::PartyId party;
    policies::StaffId made_by;
    policies::Instant deadline;
    std::string message;
    std::string language;  // nl, fr, de, en
    policies::Instant sent_at;
    std::optional<policies::Instant> closed_at;
    std::vector<RequestItem> items;  // in order
};

class Requests final {
public:
    static void add(Connection& connection, const Request& request);
    static std::optional<Request> find(Connection& connection, const policies::RequestId& id);
    static std::vector<Request> of_dossier(Connection& connection, const policies::DossierId& dossier);
    struct ItemFound {
        policies::RequestId request;
        RequestItem item;
    };
    static std::optional<ItemFound> find_item(Connection& connection, const policies::ItemId& id);

    // Facts for completeness, in the order of the items, and the state they lead to.
    static std::vector<policies::ItemFacts> facts(Connection& connection, const Request& request);
    static policies::RequestState state(Connection& connection, const Request& request, policies::Instant now);
};

}  // namespace storage::core
