#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::rules {

/// What a regular expression costs, or why it is none.
struct PatternCheck {
    std::string problem;       ///< empty: it can be used
    int program_size = 0;      ///< instructions (RE2::ProgramSize)
    bool has_literal = false;  ///< some text must stand there if it matches: it can be looked for
};
PatternCheck check_pattern(std::string_view pattern);

/// Many regular expressions over one text field (RE2: linear in the text, no back-references).
/// Upper and lower case are alike, ^ and $ are ends of a line, a dot is no line break; flags in the
/// pattern, such as (?-i), change that. Which of them can match at all is known from the literals
/// that the phrase matcher finds anyway; only those are tried.
class PatternMatcher {
public:
    PatternMatcher();
    explicit PatternMatcher(const std::vector<std::string>& patterns);
    ~PatternMatcher();
    PatternMatcher(PatternMatcher&&) noexcept;
    PatternMatcher& operator=(PatternMatcher&&) noexcept;

    bool empty() const;
    /// Folded texts to look for, all of ASCII.
    const std::vector<std::string>& literals() const;
    /// The patterns that may match a text in which exactly these literals occur, by index,
    /// ascending.
    void candidates(const std::vector<std::uint32_t>& found_literals,
                    std::vector<std::uint32_t>& out) const;
    /// All patterns, for a text in which case folding of the literals cannot be trusted.
    void all(std::vector<std::uint32_t>& out) const;
    bool matches(std::uint32_t pattern, std::string_view text) const;

    /// The text holds a letter whose case folding is an ASCII letter although it is none itself
    /// (U+017F long s, U+212A kelvin sign).
    static bool folds_to_ascii(std::string_view text);

private:
    struct Patterns;
    std::unique_ptr<Patterns> patterns_;
};

}  // namespace liaison::rules
