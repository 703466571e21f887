#include "daemon/mail/conversation.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

#include "daemon/mail/identity.hpp"

namespace liaison::mail {

namespace {
constexpr std::size_t kConversationIdsKept = 100;
}

std::vector<std::string> message_ids_in(std::string_view field) {
    std::vector<std::string> ids;
    std::set<std::string> seen;
    std::size_t open = field.find('<');
    while (open != std::string_view::npos) {
        const std::size_t close = field.find('>', open);
        if (close == std::string_view::npos) break;
        std::string id = normal_message_id(field.substr(open, close - open + 1));
        if (!id.empty() && seen.insert(id).second) ids.push_back(std::move(id));
        open = field.find('<', close);
    }
    if (ids.size() > 2 * kConversationIdsKept) {
        const auto first = ids.begin() + kConversationIdsKept;
        ids.erase(first, ids.end() - kConversationIdsKept);
    }
    return ids;
}

std::vector<std::string> ancestors_of(const MailMessage& message) {
    std::vector<std::string> ids = message_ids_in(message.references);
    for (std::string& parent : message_ids_in(message.in_reply_to)) {
        if (std::ranges::find(ids, parent) == ids.end()) ids.push_back(std::move(parent));
    }
    return ids;
}

std::string conversation_key(const MailMessage& message) {
    std::vector<std::string> ids = ancestors_of(message);
    return ids.empty() ? normal_message_id(message.internet_message_id) : std::move(ids.front());
}

}  // namespace liaison::mail
