#include <gumbo.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox {
namespace {

constexpr std::size_t html_bytes_max = 1u << 20;
// Gumbo repeats open formatting elements in every block and frees its tree by recursion: input that
// is too deep, or deep and long, goes the plain way instead.
constexpr std::size_t html_depth_max = 400;
constexpr std::size_t html_work_max = 6'000'000;

bool is_tag_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string tag_name_at(std::string_view html, std::size_t at) {
    std::size_t end = at;
    while (end < html.size() && end - at < 16 && is_tag_letter(html[end])) ++end;
    return mime::ascii_lower(html.substr(at, end - at));
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 14> never_nested = {
    "br",   "img",  "hr",  "meta", "link",  "input", "p",
    "area", "base", "col", "wbr",  "param", "embed", "source"};
constexpr std::array<std::string_view, 21> block_tags = {
    "p",  "div", "br", "tr",  "table",      "li", "ul", "ol", "h1",    "h2",    "h3",
    "h4", "h5",  "h6", "pre", "blockquote", "hr", "dd", "dt", "title", "center"};

/// An upper bound of what Gumbo would have to do, by counting tags only.
bool is_cheap_for_gumbo(std::string_view html) {
    std::size_t tags = 0;
    std::size_t depth = 0;
    std::size_t deepest = 0;
    for (std::size_t at = html.find('<'); at != std::string_view::npos;
         at = html.find('<', at + 1)) {
        ++tags;
        if (at + 1 < html.size() && html[at + 1] == '/') {
            if (depth > 0) --depth;
        } else if (at + 1 < html.size() && is_tag_letter(html[at + 1])) {
            if (!is_one_of(tag_name_at(html, at + 1), never_nested)) ++depth;
        }
        deepest = std::max(deepest, depth);
    }
    return deepest <= html_depth_max && tags * (deepest + 1) <= html_work_max;
}

/// Collects text as a browser would lay it out: blanks folded, blocks on lines of their own.
class TextSink {
public:
    void text(std::string_view words, bool preformatted) {
        for (const char c : words) {
            if (preformatted && c == '\n') {
                line();
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                blank_ = true;
            } else {
                put(c);
            }
        }
    }
    void line() {
        if (newlines_ < 2 && !out_.empty()) {
            out_ += "\r\n";
            ++newlines_;
        }
        blank_ = false;
    }
    void block() {
        if (newlines_ == 0) line();
        blank_ = false;
    }
    void cell() { blank_ = true; }
    std::string take() {
        while (out_.ends_with("\r\n")) out_.erase(out_.size() - 2);
        if (!out_.empty()) out_ += "\r\n";
        return std::move(out_);
    }

private:
    void put(char c) {
        if (blank_ && newlines_ == 0 && !out_.empty()) out_ += ' ';
        blank_ = false;
        newlines_ = 0;
        out_ += c;
    }
    std::string out_;
    int newlines_ = 0;
    bool blank_ = false;
};

/// Without a tree: tags are cut out, the five XML entities are read.
std::string stripped_text(std::string_view html) {
    TextSink sink;
    std::size_t at = 0;
    while (at < html.size()) {
        const auto open = html.find('<', at);
        const auto words = html.substr(at, open == std::string_view::npos ? open : open - at);
        for (std::size_t i = 0; i < words.size();) {
            static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> entities =
                {{{"&amp;", "&"},
                  {"&lt;", "<"},
                  {"&gt;", ">"},
                  {"&quot;", "\""},
                  {"&nbsp;", " "},
                  {"&#39;", "'"}}};
            const auto* entity = std::find_if(
                entities.begin(), entities.end(),
                [&](const auto& pair) { return words.substr(i, pair.first.size()) == pair.first; });
            if (entity != entities.end()) {
                sink.text(entity->second, false);
                i += entity->first.size();
            } else {
                sink.text(words.substr(i, 1), false);
                ++i;
            }
        }
        if (open == std::string_view::npos) break;
        const bool closing = open + 1 < html.size() && html[open + 1] == '/';
        const std::string name = tag_name_at(html, open + (closing ? 2 : 1));
        if (is_one_of(name, block_tags)) sink.block();
        const auto close = html.find('>', open);
        if (close == std::string_view::npos) break;
        at = close + 1;
        if (closing || (name != "script" && name != "style")) continue;
        const auto end = html.find(name == "script" ? "</script" : "</style", at);
        if (end == std::string_view::npos) break;
        at = end;
    }
    return sink.take();
}

/// One step of the walk over Gumbo's tree, kept on a list instead of the stack.
struct HtmlStep {
    const GumboNode* node;
    unsigned next_child;
    bool preformatted;
};

bool is_invisible(GumboTag tag) {
    return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_HEAD ||
           tag == GUMBO_TAG_TEMPLATE || tag == GUMBO_TAG_NOSCRIPT;
}

void enter_node(TextSink& sink, const GumboNode& node, bool preformatted) {
    switch (node.type) {
        case GUMBO_NODE_TEXT:
        case GUMBO_NODE_WHITESPACE:
        case GUMBO_NODE_CDATA:
            sink.text(node.v.text.text, preformatted);
            return;
        case GUMBO_NODE_ELEMENT: {
            const GumboTag tag = node.v.element.tag;
            if (tag == GUMBO_TAG_BR) {
                sink.line();
            } else if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) {
                sink.cell();
            } else if (is_one_of(gumbo_normalized_tagname(tag), block_tags)) {
                sink.block();
            }
            return;
        }
        default:
            return;
    }
}

void leave_node(TextSink& sink, const GumboNode& node) {
    if (node.type != GUMBO_NODE_ELEMENT || node.v.element.tag == GUMBO_TAG_BR) return;
    const GumboTag tag = node.v.element.tag;
    if (!is_one_of(gumbo_normalized_tagname(tag), block_tags)) return;
    sink.block();
    if (tag == GUMBO_TAG_P) sink.line();
}

std::string walked_text(const GumboNode* root) {
    TextSink sink;
    std::vector<HtmlStep> steps;
    steps.push_back(HtmlStep{root, 0, false});
    while (!steps.empty()) {
        HtmlStep& step = steps.back();
        const GumboNode& node = *step.node;
        if (step.next_child == 0) enter_node(sink, node, step.preformatted);
        const bool has_children =
            node.type == GUMBO_NODE_ELEMENT && !is_invisible(node.v.element.tag);
        if (!has_children || step.next_child >= node.v.element.children.length) {
            leave_node(sink, node);
            steps.pop_back();
            continue;
        }
        const void* child = node.v.element.children.data[step.next_child++];
        const bool preformatted = step.preformatted || node.v.element.tag == GUMBO_TAG_PRE;
        steps.push_back(HtmlStep{static_cast<const GumboNode*>(child), 0, preformatted});
    }
    return sink.take();
}

}  // namespace

std::string html_to_text(std::string_view html) {
    html = mime::utf8_prefix(html, html_bytes_max);
    const std::string clean = mime::clean_utf8(html);
    if (!is_cheap_for_gumbo(clean)) return stripped_text(clean);
    GumboOutput* output =
        gumbo_parse_with_options(&kGumboDefaultOptions, clean.data(), clean.size());
    std::string text = mime::clean_utf8(walked_text(output->root));
    gumbo_destroy_output(&kGumboDefaultOptions, output);
    return text;
}

}  // namespace liaison::sandbox
