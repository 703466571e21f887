#pragma once
#include <memory>
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

/// A parsed document, for many mails.
class ReferenceRules {
public:
    explicit ReferenceRules(const std::string& document);
    ~ReferenceRules();
    ReferenceOutcome evaluate(const ReferenceInput& input) const;
    /// Whether one condition holds, by name and JSON value.
    bool holds(const std::string& condition, const std::string& value,
               const ReferenceInput& input) const;

private:
    struct Parsed;
    std::unique_ptr<Parsed> parsed_;
};

ReferenceOutcome evaluate(const std::string& document, const ReferenceInput& input);

/// Lower case by the C library's tables, letter by letter.
std::string lower_letters(const std::string& text);

}  // namespace liaison::reference
