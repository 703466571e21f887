#include "daemon/mail/conversation.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "core/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail/parties.hpp"

namespace liaison::mail {

namespace {

constexpr std::size_t kConversationIdsKept = 100;
constexpr std::size_t kPrefixCharsMax = 8;    ///< "Antwort:" is the longest in use that we know
constexpr std::size_t kPrefixesMax = 20;      ///< a subject of nothing but prefixes ends here
constexpr std::size_t kIndexSharedChars = 29;  ///< Base64 of 22 bytes, whole characters

std::string thread_digest(char kind, std::string_view text) {
    return sha256_hex(std::string("liaison thread 1 ") + kind + ' ' + std::string(text))
        .substr(0, 32);
}

/// The subject behind one prefix or tag; nothing if there is none in front.
std::optional<std::string_view> behind_prefix(std::string_view subject) {
    if (subject.starts_with('[')) {
        const std::size_t close = subject.find(']');
        return close == std::string_view::npos ? std::nullopt
                                               : std::optional(trim(subject.substr(close + 1)));
    }
    const std::size_t colon = subject.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon > kPrefixCharsMax)
        return std::nullopt;
    std::string_view word = subject.substr(0, colon);
    if (const std::size_t open = word.find_first_of("[(^"); open != std::string_view::npos)
        word = word.substr(0, open);  // "Re[2]:", "Re(2):", "Re^2:"
    word = trim(word);
    const bool plain = !word.empty() && std::ranges::none_of(word, [](char c) {
        return c == ' ' || c == '\t' || (c >= '0' && c <= '9');
    });
    return plain ? std::optional(trim(subject.substr(colon + 1))) : std::nullopt;
}

/// Subject and everybody who takes part, in an order that does not depend on who writes.
std::string topic_text(const MailMessage& message) {
    const std::string topic = topic_of(message.subject);
    std::vector<std::string> people = addresses_of(message);
    if (topic.empty() || people.size() < 2) return {};
    std::ranges::sort(people);
    std::string text = topic;
    for (const std::string& one : people) text += "\n" + one;
    return text;
}

void add_index_key(const MailMessage& message, std::vector<ThreadKey>& keys) {
    std::string index;
    for (const char c : message.thread_index)
        if (static_cast<unsigned char>(c) > ' ') index += c;
    if (index.size() <= kIndexSharedChars) return;
    keys.push_back(
        {ThreadTie::Index, thread_digest('x', std::string_view(index).substr(0, kIndexSharedChars))});
}

void add_reference_keys(const MailMessage& message, std::vector<ThreadKey>& keys) {
    std::vector<std::string> ids = ancestors_of(message);
    std::string own = normal_message_id(message.internet_message_id);
    if (!own.empty() && std::ranges::find(ids, own) == ids.end()) ids.push_back(std::move(own));
    if (ids.size() > limits::thread_ids_max) {
        const auto half = static_cast<std::ptrdiff_t>(limits::thread_ids_max / 2);
        ids.erase(ids.begin() + half, ids.end() - half);
    }
    for (const std::string& id : ids)
        keys.push_back({ThreadTie::Reference, thread_digest('r', id)});
}

/// Fills what is still empty: the newest mail that says something wins.
void take_regarding(const EarlierMail& mail, ThreadGuide& guide) {
    if (!guide.campaign_id.empty() || !guide.opportunity_id.empty() || !guide.regarding_id.empty())
        return;
    for (const InteractionDraft& draft : mail.decision.drafts) {
        if (draft.campaign_id.empty() && draft.opportunity_id.empty() && draft.regarding_id.empty())
            continue;
        guide.campaign_id = draft.campaign_id;
        guide.opportunity_id = draft.opportunity_id;
        guide.regarding_kind = draft.regarding_kind;
        guide.regarding_id = draft.regarding_id;
        guide.row = mail.row;
        guide.tie = mail.tie;
        return;
    }
}

}  // namespace

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

std::string topic_of(std::string_view subject) {
    const std::string line = to_lower_ascii(normal_line(subject));
    std::string_view rest = line;
    for (std::size_t i = 0; i < kPrefixesMax; ++i) {
        const auto behind = behind_prefix(rest);
        if (!behind) break;
        rest = *behind;
    }
    return std::string(truncate_chars(rest, limits::subject_chars_max));
}

bool is_answer(std::string_view subject) {
    const std::string line = to_lower_ascii(normal_line(subject));
    return topic_of(subject).size() < line.size() && line.find(':') != std::string::npos;
}

std::vector<ThreadKey> thread_keys_of(const MailMessage& message) {
    std::vector<ThreadKey> keys;
    add_reference_keys(message, keys);
    add_index_key(message, keys);
    if (const std::string topic = topic_text(message); !topic.empty())
        keys.push_back({ThreadTie::Topic, thread_digest('t', topic)});
    return keys;
}

std::vector<ThreadKey> thread_keys_to_look_for(const MailMessage& message) {
    std::vector<ThreadKey> keys = thread_keys_of(message);
    if (!is_answer(message.subject))
        std::erase_if(keys, [](const ThreadKey& key) { return key.tie == ThreadTie::Topic; });
    return keys;
}

ThreadGuide follow_thread(const std::vector<EarlierMail>& mails, Timestamp now) {
    const bool tied_well = std::ranges::any_of(
        mails, [](const EarlierMail& mail) { return mail.tie != ThreadTie::Topic; });
    ThreadGuide guide;
    for (const EarlierMail& mail : mails) {
        const bool topic = mail.tie == ThreadTie::Topic;
        if (topic && (tied_well || mail.seen_at + limits::thread_topic_days < now)) continue;
        if (guide.row == 0) {
            guide.row = mail.row;
            guide.tie = mail.tie;
        }
        if (mail.choice.whole_thread && guide.choice.empty()) {
            guide.choice = mail.choice;
            guide.choice_row = mail.row;
        }
        if (mail.decision.outcome != MailOutcome::Log) continue;
        guide.logged = true;
        for (const InteractionDraft& draft : mail.decision.drafts)
            if (!draft.contact_id.empty()) guide.party_ids.insert(draft.contact_id);
        take_regarding(mail, guide);
    }
    return guide;
}

}  // namespace liaison::mail
