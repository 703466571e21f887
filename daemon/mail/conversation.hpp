#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/mail_memory.hpp"

namespace liaison::mail {

/// The Message-IDs in a References or In-Reply-To field, normalised, in order, without repeats. At
/// most the first and the last 100 of a longer list. Words outside angle brackets are ignored (old
/// mailers write "your message of ...").
std::vector<std::string> message_ids_in(std::string_view field);

/// The ids that this mail answers, the root of the thread first, its direct parent last.
std::vector<std::string> ancestors_of(const MailMessage& message);

/// What all mails of a thread share as long as each names its root (RFC 5322 3.6.4): the first
/// ancestor, else the mail's own normalised id, else empty.
std::string conversation_key(const MailMessage& message);

/// The subject without what answers and forwards put in front of it ("Re:", "AW:", "[EXT] Fwd[2]:"):
/// short words that end in a colon, and tags in square brackets. One line, lower case.
std::string topic_of(std::string_view subject);
/// The subject has such a word in front: the mail answers or forwards another one.
bool is_answer(std::string_view subject);

/// What ties a mail to the others of its conversation: its own Message-ID and those that it names,
/// the part of its thread index that the whole thread shares (MS-OXOMSG 2.2.1.3: 22 bytes), and
/// subject with all participants. Digests only.
std::vector<ThreadKey> thread_keys_of(const MailMessage& message);
/// The same without what the mail may not be found by: subject and participants tie an answer only,
/// and only when nothing better does.
std::vector<ThreadKey> thread_keys_to_look_for(const MailMessage& message);

/// An earlier mail of the conversation, as far as it matters here.
struct EarlierMail {
    std::int64_t row = 0;
    ThreadTie tie = ThreadTie::Reference;
    Timestamp seen_at{};
    MailDecision decision;
    MailChoice choice;
};

/// What a mail takes over from its conversation.
struct ThreadGuide {
    std::int64_t row = 0;  ///< the mail that it was taken from, or the newest one; 0: no conversation
    ThreadTie tie = ThreadTie::Reference;
    bool logged = false;  ///< an earlier mail of it is logged
    std::string campaign_id, opportunity_id, regarding_kind, regarding_id;
    std::set<std::string> party_ids;  ///< for whom its mails are logged
    MailChoice choice;                ///< a person's, made for the whole conversation
    std::int64_t choice_row = 0;
};

/// `mails` newest first. Mails that are tied by subject and participants only count if nothing ties
/// better and if they were seen less than limits::thread_topic_days before `now`.
ThreadGuide follow_thread(const std::vector<EarlierMail>& mails, Timestamp now);

}  // namespace liaison::mail
