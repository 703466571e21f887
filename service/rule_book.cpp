#include "service/rule_book.hpp"

namespace liaison::service {

namespace {
constexpr const char* kRuleScope = "organization";
}

Async<Result<void>> RuleBook::load() {
    auto stored = co_await store_.current_rules(kRuleScope);
    if (!stored) co_return std::unexpected(stored.error());
    if (!*stored) co_return Result<void>{};
    auto loaded = rules::RuleSet::load((*stored)->second);
    if (!loaded)
        co_return fail(ErrorKind::Internal, "the stored rule set no longer passes its checks: " +
                                                to_text(loaded.error().front()));
    current_ = std::move(*loaded);
    number_ = (*stored)->first;
    document_ = (*stored)->second;
    co_return Result<void>{};
}

Async<Result<std::int64_t>> RuleBook::replace(std::int64_t expected, std::string document,
                                              std::string who,
                                              std::vector<rules::RuleError>* errors) {
    auto loaded = rules::RuleSet::load(document);
    if (!loaded) {
        *errors = std::move(loaded.error());
        co_return fail(ErrorKind::InvalidRequest,
                       "the rule set has " + std::to_string(errors->size()) + " error(s)");
    }
    std::string kept = document;
    Result<std::int64_t> number = co_await store_.replace_rules(
        kRuleScope, expected, std::move(kept), std::move(who), clock_.now());
    if (!number) co_return number;
    current_ = std::move(*loaded);
    number_ = *number;
    document_ = std::move(document);
    co_return number;
}

}  // namespace liaison::service
