#include "service/rule_book.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"

namespace liaison::service {
namespace {

/// Where the store keeps the organisation's lists; no scope of rules is called so.
constexpr const char* kListsScope = "lists";

Error refused_rules(const std::vector<rules::RuleError>& errors) {
    return Error{ErrorKind::InvalidRequest,
                 "the document has " + std::to_string(errors.size()) + " error(s)"};
}

Error stored_rules_fail(const std::string& scope, const rules::RuleError& first) {
    return Error{ErrorKind::Internal, "the stored rules of " + scope +
                                          " no longer pass their checks: " + to_text(first)};
}

}  // namespace

RuleBook::Entry RuleBook::entry(const rules::RuleScope& scope) const {
    const auto at = entries_.find(scope);
    return at == entries_.end() ? Entry{} : at->second;
}

std::vector<rules::RuleScope> RuleBook::scopes() const {
    std::vector<rules::RuleScope> out;
    for (const auto& [scope, entry] : entries_) out.push_back(scope);
    return out;
}

std::vector<rules::RuleLayer> RuleBook::layers() const {
    std::vector<rules::RuleLayer> out;
    for (const auto& [scope, entry] : entries_) out.push_back({scope, entry.document});
    return out;
}

std::vector<rules::RuleLayer> RuleBook::layers_with(const rules::RuleScope& scope,
                                                    const std::string& document) const {
    std::vector<rules::RuleLayer> out = layers();
    std::erase_if(out, [&](const rules::RuleLayer& layer) { return layer.scope == scope; });
    out.push_back({scope, document});
    return out;
}

Async<Result<void>> RuleBook::load() {
    Result<std::vector<std::string>> scopes = co_await store_.rule_scopes();
    if (!scopes) co_return std::unexpected(scopes.error());
    for (const std::string& name : *scopes) {
        std::string asked = name;
        auto stored = co_await store_.current_rules(std::move(asked));
        if (!stored) co_return std::unexpected(stored.error());
        if (!*stored) continue;
        const Entry entry{(*stored)->first, (*stored)->second};
        if (name == kListsScope) {
            auto lists = rules::SharedLists::load(entry.document);
            if (!lists) co_return std::unexpected(stored_rules_fail(name, lists.error().front()));
            lists_ = entry;
            shared_ = std::move(*lists);
            continue;
        }
        const auto scope = rules::parse_rule_scope(name);
        if (!scope)
            co_return fail(ErrorKind::Internal, "rules are stored for an unknown scope: " + name);
        entries_[*scope] = entry;
    }
    auto loaded = rules::RuleSet::layered(layers(), shared_);
    if (!loaded) co_return std::unexpected(stored_rules_fail("all scopes", loaded.error().front()));
    current_ = std::move(*loaded);
    co_return Result<void>{};
}

rules::Checked<RuleBook::Trial> RuleBook::try_document(const rules::RuleScope& scope,
                                                       const std::string& document) const {
    auto alone = rules::RuleSet::load(document, shared_, scope);
    if (!alone) return std::unexpected(std::move(alone.error()));
    auto together = rules::RuleSet::layered(layers_with(scope, document), shared_);
    if (!together) return std::unexpected(std::move(together.error()));
    Trial out{std::move(*together), rules::find_findings(layers_with(scope, document), shared_)};
    std::erase_if(out.findings,
                  [&](const rules::RuleFinding& one) { return one.scope != to_string(scope); });
    return out;
}

Async<Result<std::int64_t>> RuleBook::replace(rules::RuleScope scope, std::int64_t expected,
                                              std::string document, std::string who,
                                              std::vector<rules::RuleError>* errors) {
    auto tried = try_document(scope, document);
    if (!tried) {
        *errors = std::move(tried.error());
        co_return std::unexpected(refused_rules(*errors));
    }
    std::string name = to_string(scope);
    std::string kept = document;
    Result<std::int64_t> number = co_await store_.replace_rules(
        std::move(name), expected, std::move(kept), std::move(who), clock_.now());
    if (!number) co_return number;
    current_ = std::move(tried->set);
    entries_[scope] = Entry{*number, std::move(document)};
    co_return number;
}

Async<Result<std::int64_t>> RuleBook::replace_lists(std::int64_t expected, std::string document,
                                                    std::string who,
                                                    std::vector<rules::RuleError>* errors) {
    auto lists = rules::SharedLists::load(document);
    if (!lists) {
        *errors = std::move(lists.error());
        co_return std::unexpected(refused_rules(*errors));
    }
    for (const auto& [scope, entry] : entries_) {
        auto alone = rules::RuleSet::load(entry.document, *lists, scope);
        if (alone) continue;
        for (rules::RuleError& error : alone.error()) {
            error.message = to_string(scope) + ": " + error.message;
            if (errors->size() < limits::rule_errors_max) errors->push_back(std::move(error));
        }
    }
    auto together = rules::RuleSet::layered(layers(), *lists);
    if (errors->empty() && !together) *errors = std::move(together.error());
    if (!errors->empty()) co_return std::unexpected(refused_rules(*errors));
    std::string scope = kListsScope;
    std::string kept = document;
    Result<std::int64_t> number = co_await store_.replace_rules(
        std::move(scope), expected, std::move(kept), std::move(who), clock_.now());
    if (!number) co_return number;
    current_ = std::move(*together);
    shared_ = std::move(*lists);
    lists_ = Entry{*number, std::move(document)};
    co_return number;
}

}  // namespace liaison::service
