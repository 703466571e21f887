#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::rules {

/// Finds which of many phrases occur in a text, in one pass (Aho and Corasick 1975). The states
/// near the root, where almost every byte of ordinary text ends up, have a full row of transitions;
/// deeper ones only their few children and a link to the longest suffix. Time is linear in the text
/// plus the number of phrases found, for any text and any phrases.
class PhraseMatcher {
public:
    /// `phrases[i]` must be folded and not empty; what is found is answered by index.
    explicit PhraseMatcher(const std::vector<std::string>& phrases);
    PhraseMatcher() = default;

    bool empty() const { return phrase_of_.empty(); }
    std::size_t phrase_count() const { return phrase_count_; }

    /// Which states' phrases were reported already: each is reported once per scan, however often
    /// it occurs.
    class Scan {
    public:
        explicit Scan(const PhraseMatcher& matcher);
        /// Looks through one piece of text; a phrase never reaches over two pieces. `found` may
        /// hold earlier hits; new indexes are appended.
        void feed(std::string_view text, std::vector<std::uint32_t>& found);
        /// Moves from state to state so far.
        std::size_t steps() const { return steps_; }

    private:
        void feed_folded(std::string_view text, std::vector<std::uint32_t>& found);
        void report(std::uint32_t state, std::vector<std::uint32_t>& found);
        const PhraseMatcher& matcher_;
        std::vector<bool> reported_;
        std::size_t steps_ = 0;
    };

private:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    static constexpr std::uint32_t kOutputBit =
        0x80000000;  ///< limits::rule_phrase_bytes_max keeps states below
    static constexpr std::uint32_t kDenseStatesMax = 4096;

    struct State {
        std::uint32_t first_edge = 0;
        std::uint32_t edge_count = 0;
        std::uint32_t suffix = 0;  ///< state of the longest proper suffix
        std::uint32_t output =
            kNone;  ///< nearest state on the suffix chain (itself included) where a phrase ends
    };
    struct Edge {
        std::uint8_t byte = 0;
        std::uint32_t target = 0;
    };

    void number_bytes(const std::vector<std::string>& phrases);
    void build_states(const std::vector<std::string>& phrases);
    void link_states();
    void fill_rows();
    std::uint32_t child(std::uint32_t state, std::uint8_t byte) const;
    /// The state with kOutputBit if a phrase ends there.
    std::uint32_t marked(std::uint32_t state) const;
    std::uint32_t step_deep(std::uint32_t state, std::uint8_t byte, std::size_t& steps) const;

    std::size_t phrase_count_ = 0;
    std::array<std::uint8_t, 256>
        class_of_{};  ///< capital ASCII letters share the class of small ones
    std::array<std::uint8_t, 256> small_{};  ///< the byte in lower case
    std::uint32_t class_count_ = 1;          ///< class 0: bytes that stand in no phrase
    std::vector<State> states_;              ///< breadth first: the states near the root come first
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> rows_;  ///< dense_count_ rows of 1 << row_shift_ marked states
    std::uint32_t row_shift_ = 0;
    std::uint32_t dense_count_ = 0;
    std::vector<std::uint32_t> phrase_of_;  ///< per state: the phrase that ends there
};

}  // namespace liaison::rules
