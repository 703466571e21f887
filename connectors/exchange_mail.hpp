#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail.hpp"

namespace liaison {

// What the EWS and the Graph connector have in common about mail.

/// What the categories of a message become. Names compare without case, as Outlook does.
std::vector<std::string> marked_categories(const std::vector<std::string>& present,
                                           const MailMark& mark);
/// The addresses of a From header. Exchange keeps one author; this finds the others. Quoted strings
/// and comments are stepped over; what holds no address is left out.
std::vector<MailAddress> read_authors(std::string_view header);
/// Adds the authors of a From header beside `message.from`.
void add_other_authors(std::string_view from_header, MailMessage& message);
/// At most `max` bytes, never in the middle of a character.
std::string cut_bytes(std::string text, std::size_t max);
/// The protocol's name of a folder that has an English name whatever the mailbox' language is
/// ("Inbox": "inbox"), or empty.
std::string well_known_folder(std::string_view segment);
/// Where a path leads: into another mailbox, into the public folders, or nowhere but home.
struct FolderPlace {
    std::string owner = {};  ///< SMTP address of another mailbox; empty: our own, or public folders
    bool is_public = false;
    std::string path;  ///< what follows
    /// "shared@example.com:", "public:" or nothing.
    std::string prefix() const;
};
/// `shared@example.com:Inbox/CRM`, `public:Sales`, `Inbox/CRM`. A colon in a folder's name is no
/// prefix unless an address or the word "public" stands before it.
FolderPlace folder_place(std::string_view path);
/// "Inbox/CRM" in its segments; nothing for an empty one.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace liaison
