#include "rules/pattern_matcher.hpp"

#include <algorithm>
#include <utility>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include "core/limits.hpp"

namespace liaison::rules {
namespace {

constexpr int kLiteralBytesMin = 3;

RE2::Options pattern_options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    options.set_max_mem(static_cast<std::int64_t>(limits::rule_pattern_memory_bytes));
    return options;
}

std::string with_lines(std::string_view pattern) {
    return "(?m)" + std::string(pattern);
}

bool is_ascii_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

re2::StringPiece piece_of(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

PatternCheck check_pattern(std::string_view pattern) {
    PatternCheck out;
    const RE2 alone(piece_of(pattern), pattern_options());
    if (!alone.ok()) {
        out.problem = "is no regular expression (RE2 syntax): " + alone.error();
        return out;
    }
    const RE2 compiled(with_lines(pattern), pattern_options());
    out.program_size =
        compiled.ok() ? compiled.ProgramSize() : limits::rule_pattern_program_max + 1;
    if (out.program_size > limits::rule_pattern_program_max) {
        out.problem = "is too large a regular expression: more than " +
                      std::to_string(limits::rule_pattern_program_max) + " instructions";
        return out;
    }
    const auto in = [&](std::string_view text) {
        return compiled.Match(piece_of(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
    };
    if (in("") && in("\x01")) out.problem = "matches any text";
    const PatternMatcher matcher(std::vector{std::string(pattern)});
    std::vector<std::uint32_t> tried;
    matcher.candidates({}, tried);
    out.has_literal = tried.empty();
    return out;
}

struct PatternMatcher::Patterns {
    re2::FilteredRE2 filter{kLiteralBytesMin};
    std::size_t count = 0;
    std::vector<std::string> literals;
    std::vector<int> atom_of;      ///< per literal: RE2's number
    std::vector<int> other_atoms;  ///< literals that are not looked for: taken as found
};

PatternMatcher::PatternMatcher() = default;
PatternMatcher::~PatternMatcher() = default;
PatternMatcher::PatternMatcher(PatternMatcher&&) noexcept = default;
PatternMatcher& PatternMatcher::operator=(PatternMatcher&&) noexcept = default;

PatternMatcher::PatternMatcher(const std::vector<std::string>& patterns) {
    if (patterns.empty()) return;
    patterns_ = std::make_unique<Patterns>();
    for (const std::string& pattern : patterns) {
        int id = 0;
        if (patterns_->filter.Add(with_lines(pattern), pattern_options(), &id) == RE2::NoError)
            ++patterns_->count;
    }
    std::vector<std::string> atoms;
    patterns_->filter.Compile(&atoms);
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        if (is_ascii_text(atoms[i])) {
            patterns_->literals.push_back(atoms[i]);
            patterns_->atom_of.push_back(static_cast<int>(i));
        } else {
            patterns_->other_atoms.push_back(static_cast<int>(i));
        }
    }
}

bool PatternMatcher::empty() const {
    return patterns_ == nullptr;
}

const std::vector<std::string>& PatternMatcher::literals() const {
    static const std::vector<std::string> none;
    return patterns_ ? patterns_->literals : none;
}

void PatternMatcher::candidates(const std::vector<std::uint32_t>& found_literals,
                                std::vector<std::uint32_t>& out) const {
    if (!patterns_) return;
    std::vector<int> atoms = patterns_->other_atoms;
    for (const std::uint32_t literal : found_literals) atoms.push_back(patterns_->atom_of[literal]);
    std::vector<int> potentials;
    patterns_->filter.AllPotentials(atoms, &potentials);
    for (const int one : potentials) out.push_back(static_cast<std::uint32_t>(one));
    std::ranges::sort(out);
}

void PatternMatcher::all(std::vector<std::uint32_t>& out) const {
    for (std::uint32_t i = 0; patterns_ && i < patterns_->count; ++i) out.push_back(i);
}

bool PatternMatcher::matches(std::uint32_t pattern, std::string_view text) const {
    const RE2& compiled = patterns_->filter.GetRE2(static_cast<int>(pattern));
    return compiled.Match(piece_of(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

bool PatternMatcher::folds_to_ascii(std::string_view text) {
    return text.find("\xC5\xBF") != std::string_view::npos ||
           text.find("\xE2\x84\xAA") != std::string_view::npos;
}

}  // namespace liaison::rules
