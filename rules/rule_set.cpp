#include "rules/rule_set.hpp"

#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "rules/compiled_rules.hpp"
#include "rules/document.hpp"
#include "rules/evaluator.hpp"
#include "rules/examples.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {

RuleSet::RuleSet() : compiled_(std::make_shared<const CompiledRules>(compile(Document{}))) {}
RuleSet::RuleSet(std::shared_ptr<const CompiledRules> compiled) : compiled_(std::move(compiled)) {}

Checked<RuleSet> RuleSet::load(std::string_view document) {
    Checked<Document> read = read_document(document);
    if (!read) return std::unexpected(std::move(read.error()));
    const std::vector<Example> examples = std::move(read->examples);
    read->examples.clear();
    auto compiled = std::make_shared<const CompiledRules>(compile(std::move(*read)));
    std::vector<RuleError> failures = check_examples(*compiled, examples);
    if (!failures.empty()) {
        locate(failures, document);
        return std::unexpected(std::move(failures));
    }
    return RuleSet(std::move(compiled));
}

MailActions RuleSet::evaluate(const MailMessage& message, const Facts& facts,
                              TraceDetail detail) const {
    return Evaluator(*compiled_, message, facts).run(detail);
}

const std::string& RuleSet::version() const {
    return compiled_->version;
}
const std::string& RuleSet::canonical() const {
    return compiled_->canonical;
}
std::size_t RuleSet::rule_count() const {
    return compiled_->rules.size();
}
std::size_t RuleSet::always_looked_at() const {
    return compiled_->always.size();
}
bool RuleSet::needs_headers() const {
    return compiled_->uses_headers;
}

}  // namespace liaison::rules
