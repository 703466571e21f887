#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "core/mail.hpp"
#include "rules/compiled_rules.hpp"
#include "rules/facts.hpp"

namespace liaison::rules {

/// Answers of a mail to the conditions of shape Flag.
class MailFlags {
public:
    MailFlags(const MailMessage& message, const Facts& facts);
    bool is(ConditionKey key) const { return (bits_ >> static_cast<unsigned>(key)) & 1u; }

private:
    void set(ConditionKey key, bool value);
    void read_recipients(const MailMessage& message, const Facts& facts);
    void read_item_class(const MailMessage& message);
    void read_headers(const MailMessage& message);
    std::uint64_t bits_ = 0;
};
static_assert(kConditionKeyCount <= 64);

/// Reports every value that a mail has for conditions that compare whole values: addresses, domains
/// and what is above them, folder and what is above it, categories, kinds. In the normal form of
/// Condition::values; some may come twice.
void for_each_value(const MailMessage& message, const Facts& facts,
                    const std::function<void(ConditionKey, std::string_view)>& report);

/// Reports every piece of text of a field. A phrase never reaches over two pieces.
void for_each_text(const MailMessage& message, TextField field,
                   const std::function<void(std::string_view)>& report);

}  // namespace liaison::rules
