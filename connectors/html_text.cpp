#include "connectors/html_text.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "core/text.hpp"

namespace liaison {

namespace {

constexpr std::size_t kHtmlBytesMax = 4u << 20;
constexpr std::size_t kHtmlDepthMax = 512;

constexpr std::array kSkippedTags = {GUMBO_TAG_HEAD,   GUMBO_TAG_SCRIPT,   GUMBO_TAG_STYLE,
                                     GUMBO_TAG_TITLE,  GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT,
                                     GUMBO_TAG_OBJECT, GUMBO_TAG_IFRAME};
constexpr std::array kBlockTags = {
    GUMBO_TAG_P,          GUMBO_TAG_DIV,  GUMBO_TAG_H1,      GUMBO_TAG_H2,    GUMBO_TAG_H3,
    GUMBO_TAG_H4,         GUMBO_TAG_H5,   GUMBO_TAG_H6,      GUMBO_TAG_LI,    GUMBO_TAG_UL,
    GUMBO_TAG_OL,         GUMBO_TAG_TR,   GUMBO_TAG_TABLE,   GUMBO_TAG_PRE,   GUMBO_TAG_HR,
    GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_DL,   GUMBO_TAG_DT,      GUMBO_TAG_DD,    GUMBO_TAG_SECTION,
    GUMBO_TAG_ARTICLE,    GUMBO_TAG_BODY, GUMBO_TAG_FIGURE,  GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER};

template <std::size_t N>
bool is_one_of(GumboTag tag, const std::array<GumboTag, N>& tags) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

class TextWriter {
public:
    void words(std::string_view text) {
        for (const char c : text) {
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                blank_ = true;
                continue;
            }
            if (blank_ && !out_.empty() && out_.back() != '\n') out_ += ' ';
            blank_ = false;
            out_ += c;
        }
    }
    void verbatim(std::string_view text) {
        out_ += text;
        blank_ = false;
    }
    void end_block() {
        blank_ = false;
        if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    }
    void line_break() {
        blank_ = false;
        out_ += '\n';
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
    bool blank_ = false;
};

struct OpenNode {
    const GumboNode* node;
    std::size_t next_child = 0;
    bool is_pre = false;
};

const GumboVector* children_of(const GumboNode& node) {
    if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
    if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
    return nullptr;
}

void write_leaf(const GumboNode& node, bool is_pre, TextWriter& out) {
    const bool is_text = node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
                         node.type == GUMBO_NODE_CDATA;
    if (!is_text) return;
    if (is_pre)
        out.verbatim(node.v.text.text);
    else
        out.words(node.v.text.text);
}

/// Without recursion: the depth of the document is the author's choice.
void write_text(const GumboNode& root, TextWriter& out) {
    std::vector<OpenNode> open{OpenNode{&root}};
    while (!open.empty()) {
        OpenNode& top = open.back();
        const GumboVector* children = children_of(*top.node);
        if (!children || top.next_child >= children->length || open.size() > kHtmlDepthMax) {
            const bool is_element = top.node->type == GUMBO_NODE_ELEMENT;
            if (is_element && is_one_of(top.node->v.element.tag, kBlockTags)) out.end_block();
            open.pop_back();
            continue;
        }
        const auto& child = *static_cast<const GumboNode*>(children->data[top.next_child++]);
        if (child.type != GUMBO_NODE_ELEMENT) {
            write_leaf(child, top.is_pre, out);
            continue;
        }
        const GumboTag tag = child.v.element.tag;
        if (is_one_of(tag, kSkippedTags)) continue;
        if (tag == GUMBO_TAG_BR) {
            out.line_break();
            continue;
        }
        if (is_one_of(tag, kBlockTags)) out.end_block();
        if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) out.words(" ");
        open.push_back(OpenNode{&child, 0, top.is_pre || tag == GUMBO_TAG_PRE});
    }
}

}  // namespace

std::string html_to_text(std::string_view html) {
    const std::string clean = clean_utf8(html.substr(0, kHtmlBytesMax));
    GumboOptions options = kGumboDefaultOptions;
    options.max_errors = 0;
    const auto destroy = [&options](GumboOutput* output) { gumbo_destroy_output(&options, output); };
    const std::unique_ptr<GumboOutput, decltype(destroy)> parsed(
        gumbo_parse_with_options(&options, clean.data(), clean.size()), destroy);
    if (!parsed) return {};
    TextWriter out;
    write_text(*parsed->document, out);
    return normal_lines(out.take());
}

}  // namespace liaison
