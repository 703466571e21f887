#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace liaison {

struct MailAddress {
    std::string address;  ///< as the server gave it; compare through normal_address
    std::string name;
    friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

struct AttachmentInfo {
    std::string name;  ///< hostile: never a path
    std::string content_type;
    std::int64_t size = 0;
    bool is_inline = false;
    friend bool operator==(const AttachmentInfo&, const AttachmentInfo&) = default;
};

/// The facts of a mail by Exchange's own parse. No raw MIME is read in the daemon.
struct MailMessage {
    ItemKey key;
    Version version;
    std::string internet_message_id;  ///< raw, with angle brackets as the server gives it
    std::string in_reply_to;
    std::string references;
    std::string conversation_id;
    /// PidTagConversationIndex in Base64 (EWS message:ConversationIndex, Graph conversationIndex,
    /// the Thread-Index header): 22 bytes that a whole thread shares, then 5 per answer.
    std::string thread_index = {};
    std::optional<MailAddress> from;
    std::optional<MailAddress> sender;
    /// The further authors of a mail whose From names several (RFC 5322 3.6.2); a server's own From is single.
    std::vector<MailAddress> other_authors;
    std::vector<MailAddress> to, cc, bcc, reply_to;
    std::string subject;
    std::string text_body;  ///< at most limits::mail_text_bytes_max
    std::optional<Timestamp> sent_at, received_at;
    std::string item_class = "IPM.Note";
    std::string importance = "normal";   ///< low, normal, high
    std::string sensitivity = "normal";  ///< normal, personal, private, confidential
    bool is_draft = false;
    bool is_read = false;
    std::string flag = "notFlagged";  ///< notFlagged, flagged, complete (Graph followupFlagStatus)
    std::int64_t size = 0;
    std::vector<std::string> categories;
    std::vector<AttachmentInfo> attachments;
    std::vector<std::pair<std::string, std::string>> headers;  ///< only when asked for
    /// What the sender asked for: PidLidFlagRequest (MS-OXOFLAG 2.2.1.9), "Follow up"; empty: none or
    /// not asked for. A sender's client writes it as X-Message-Flag, too.
    std::string flag_request = {};
    std::string mark;  ///< Liaison's own note on the message (MailMark::note), if any
};

/// A mail folder by path from the mailbox' root: "Inbox/CRM".
struct MailFolder {
    FolderId id;
    std::string path;
};

/// What the message feed says.
struct MessageChange {
    ItemKey key;
    Version version;
    bool gone = false;
};
struct MessagePage {
    std::vector<MessageChange> changes;
    Cursor next;
    bool is_last = true;
    bool is_snapshot = false;
};

/// What Liaison leaves on a message so that the rep sees what became of it: a category and a short
/// note in a named property; and what a rule asked for beside that.
struct MailMark {
    ItemKey key;
    std::vector<std::string> add_categories;
    std::vector<std::string> remove_categories;
    std::string
        note;  ///< "logged", "unmatched: no contact", "skipped: duplicate"; no personal data
    std::optional<bool> is_read = {};            ///< absent: as it is
    std::optional<std::string> importance = {};  ///< low, normal, high; absent: as it is
    std::optional<std::string> flag = {};        ///< notFlagged, flagged, complete; absent: as it is
};

}  // namespace liaison
