#include "rules/phrase_matcher.hpp"

#include <algorithm>
#include <numeric>

#include "rules/fold.hpp"

namespace liaison::rules {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

}  // namespace

PhraseMatcher::PhraseMatcher(const std::vector<std::string>& phrases)
    : phrase_count_(phrases.size()) {
    if (phrases.empty()) return;
    number_bytes(phrases);
    build_states(phrases);
    link_states();
    fill_rows();
}

void PhraseMatcher::number_bytes(const std::vector<std::string>& phrases) {
    for (std::size_t i = 0; i < 256; ++i)
        small_[i] = static_cast<std::uint8_t>(i >= 'A' && i <= 'Z' ? i + 0x20 : i);
    std::array<bool, 256> used{};
    for (const std::string& phrase : phrases)
        for (std::size_t i = 0; i < phrase.size(); ++i) used[byte_at(phrase, i)] = true;
    // At most 256 - 26 bytes can be used: folded phrases hold no capital letters. So a class fits a
    // byte.
    for (std::size_t i = 0; i < 256; ++i)
        if (used[i]) class_of_[i] = static_cast<std::uint8_t>(class_count_++);
    for (std::size_t i = 'A'; i <= 'Z'; ++i) class_of_[i] = class_of_[i + 0x20];
}

/// The trie, level by level. The phrases are sorted, so the ones below a state are neighbours: a
/// state is a range of them.
void PhraseMatcher::build_states(const std::vector<std::string>& phrases) {
    std::vector<std::uint32_t> order(phrases.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::string_view(phrases[i]); });
    struct Range {
        std::uint32_t begin, end, depth;
    };
    std::vector<Range> ranges{{0, static_cast<std::uint32_t>(order.size()), 0}};
    states_.emplace_back();
    for (std::uint32_t state = 0; state < states_.size(); ++state) {
        const Range range = ranges[state];
        std::uint32_t i = range.begin;
        std::uint32_t ending = kNone;
        // Sorting puts the phrase that ends here first; of equal phrases the first one stands for
        // all.
        for (; i < range.end && phrases[order[i]].size() == range.depth; ++i)
            ending = std::min(ending, order[i]);
        phrase_of_.push_back(ending);
        states_[state].first_edge = static_cast<std::uint32_t>(edges_.size());
        while (i < range.end) {
            const std::uint8_t byte = byte_at(phrases[order[i]], range.depth);
            std::uint32_t end = i;
            while (end < range.end && byte_at(phrases[order[end]], range.depth) == byte) ++end;
            edges_.push_back({byte, static_cast<std::uint32_t>(states_.size())});
            states_.emplace_back();
            ranges.push_back({i, end, range.depth + 1});
            i = end;
        }
        states_[state].edge_count =
            static_cast<std::uint32_t>(edges_.size()) - states_[state].first_edge;
    }
}

std::uint32_t PhraseMatcher::child(std::uint32_t state, std::uint8_t byte) const {
    const State& from = states_[state];
    const auto begin = edges_.begin() + from.first_edge;
    const auto end = begin + from.edge_count;
    const auto at = std::lower_bound(
        begin, end, byte, [](const Edge& edge, std::uint8_t b) { return edge.byte < b; });
    return at != end && at->byte == byte ? at->target : kNone;
}

/// Suffix links and outputs, parents before children.
void PhraseMatcher::link_states() {
    for (std::uint32_t state = 0; state < states_.size(); ++state) {
        State& from = states_[state];
        from.output =
            phrase_of_[state] != kNone ? state : (state == 0 ? kNone : states_[from.suffix].output);
        for (std::uint32_t e = from.first_edge; e < from.first_edge + from.edge_count; ++e) {
            std::uint32_t suffix = from.suffix;
            std::uint32_t target = state == 0 ? 0 : child(suffix, edges_[e].byte);
            while (target == kNone && suffix != 0) {
                suffix = states_[suffix].suffix;
                target = child(suffix, edges_[e].byte);
            }
            states_[edges_[e].target].suffix = target == kNone ? 0 : target;
        }
    }
}

/// Full rows for the first states. A suffix is always shallower, so its row is there before it is
/// needed.
void PhraseMatcher::fill_rows() {
    while ((1u << row_shift_) < class_count_) ++row_shift_;
    const std::size_t width = std::size_t{1} << row_shift_;
    dense_count_ = std::min(static_cast<std::uint32_t>(states_.size()), kDenseStatesMax);
    rows_.assign(dense_count_ * width, 0);
    for (std::uint32_t state = 0; state < dense_count_; ++state) {
        const std::size_t row = state * width;
        if (state != 0) {
            const std::size_t suffix_row = states_[state].suffix * width;
            std::copy_n(rows_.begin() + static_cast<std::ptrdiff_t>(suffix_row), width,
                        rows_.begin() + static_cast<std::ptrdiff_t>(row));
        }
        const State& from = states_[state];
        for (std::uint32_t e = from.first_edge; e < from.first_edge + from.edge_count; ++e)
            rows_[row + class_of_[edges_[e].byte]] = marked(edges_[e].target);
    }
}

std::uint32_t PhraseMatcher::marked(std::uint32_t state) const {
    return states_[state].output == kNone ? state : state | kOutputBit;
}

std::uint32_t PhraseMatcher::step_deep(std::uint32_t state, std::uint8_t byte,
                                       std::size_t& steps) const {
    while (state >= dense_count_) {
        ++steps;
        const std::uint32_t target = child(state, small_[byte]);
        if (target != kNone) return marked(target);
        state = states_[state].suffix;
    }
    return rows_[(std::size_t{state} << row_shift_) + class_of_[byte]];
}

PhraseMatcher::Scan::Scan(const PhraseMatcher& matcher)
    : matcher_(matcher), reported_(matcher.states_.size()) {}

void PhraseMatcher::Scan::report(std::uint32_t state, std::vector<std::uint32_t>& found) {
    // Everything behind a reported state was reported with it.
    while (state != kNone && !reported_[state]) {
        reported_[state] = true;
        found.push_back(matcher_.phrase_of_[state]);
        const std::uint32_t suffix = matcher_.states_[state].suffix;
        state = matcher_.states_[suffix].output;
    }
}

void PhraseMatcher::Scan::feed(std::string_view text, std::vector<std::uint32_t>& found) {
    if (matcher_.empty()) return;
    unsigned char any = 0;
    for (const char c : text) any = static_cast<unsigned char>(any | static_cast<unsigned char>(c));
    if (any < 0x80)
        feed_folded(text, found);  // the byte classes fold ASCII on the way
    else
        feed_folded(fold(text), found);
}

void PhraseMatcher::Scan::feed_folded(std::string_view text, std::vector<std::uint32_t>& found) {
    const std::uint32_t* rows = matcher_.rows_.data();
    const std::uint8_t* classes = matcher_.class_of_.data();
    const std::uint32_t shift = matcher_.row_shift_;
    const std::uint32_t dense = matcher_.dense_count_;
    std::uint32_t state = 0;
    steps_ += text.size();
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        const std::uint32_t next = state < dense
                                       ? rows[(std::size_t{state} << shift) + classes[byte]]
                                       : matcher_.step_deep(state, byte, steps_);
        state = next & ~kOutputBit;
        if ((next & kOutputBit) != 0) report(matcher_.states_[state].output, found);
    }
}

}  // namespace liaison::rules
