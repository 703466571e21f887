// Rule documents. What is accepted has one canonical form, which reads back as itself.
#include "rules/rule_set.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 32u << 10) return 0;
    const auto set = liaison::rules::RuleSet::load(liaison::fuzz::text_of(data, size));
    if (!set) {
        liaison::fuzz::require(!set.error().empty(), "a refusal names what is wrong");
        return 0;
    }
    const auto again = liaison::rules::RuleSet::load(set->canonical());
    liaison::fuzz::require(again.has_value(), "the canonical form is accepted");
    liaison::fuzz::require(again->canonical() == set->canonical(), "it is its own canonical form");
    liaison::fuzz::require(again->version() == set->version(), "and has the same version");
    liaison::MailMessage mail;
    mail.from = liaison::MailAddress{"ann@contoso.example", "Ann"};
    mail.to = {{"alice@example.test", "Alice"}};
    mail.subject = "Offer 4711";
    mail.text_body = "Dear Alice, please find the offer attached.";
    const auto got = set->evaluate(mail, {});
    const auto all = set->evaluate(mail, {}, liaison::rules::TraceDetail::All);
    liaison::fuzz::require(got.matched == all.matched, "the trace does not change the outcome");
    liaison::fuzz::require(got.actions == again->evaluate(mail, {}).actions,
                           "the canonical form does the same");
    return 0;
}
