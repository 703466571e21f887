#pragma once
#include <set>
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"

/// A slow, obvious evaluator of rule documents, written from docs/rules.md alone. It includes
/// nothing from rules/.
namespace liaison::reference {

struct ReferenceInput {
    MailMessage mail;
    std::string mailbox;
    std::vector<std::string> me;
    std::string folder;
    std::string direction = "none";
    std::vector<Party> sender, recipients;
    bool conversation_logged = false;
};

struct ReferenceOutcome {
    std::vector<std::string> matched;
    /// One line per thing to be done, its particulars separated by '|': "moveToFolder|Inbox/A".
    std::set<std::string> done;
    friend bool operator==(const ReferenceOutcome&, const ReferenceOutcome&) = default;
};

ReferenceOutcome evaluate(const std::string& document, const ReferenceInput& input);

/// Lower case by the C library's tables, letter by letter.
std::string lower_letters(const std::string& text);

}  // namespace liaison::reference
