#include "sandbox/mailbox_codec.hpp"

#include "sandbox/server_rule.hpp"

namespace liaison::sandbox {
namespace {

constexpr char item_form_version = 1;
constexpr char folder_form_version = 1;

class CompactWriter {
public:
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            out_.push_back(static_cast<char>((value & 0x7f) | 0x80));
            value >>= 7;
        }
        out_.push_back(static_cast<char>(value));
    }
    void integer(std::int64_t value) {  // zigzag
        number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    void text(std::string_view value) {
        number(value.size());
        out_ += value;
    }
    void texts(const std::vector<std::string>& values) {
        number(values.size());
        for (const auto& value : values) text(value);
    }
    void byte(char value) { out_.push_back(value); }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

class CompactReader {
public:
    explicit CompactReader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at_ >= bytes_.size()) return fail_number();
            const auto byte = static_cast<unsigned char>(bytes_[at_++]);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return fail_number();
    }
    std::int64_t integer() {
        const std::uint64_t value = number();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    std::string text() {
        const std::uint64_t size = number();
        if (size > bytes_.size() - at_) {
            ok_ = false;
            return {};
        }
        std::string out(bytes_.substr(at_, size));
        at_ += size;
        return out;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> out;
        for (std::uint64_t left = number(); left > 0 && ok_; --left) out.push_back(text());
        return out;
    }
    char byte() {
        return static_cast<char>(at_ < bytes_.size() ? bytes_[at_++] : (ok_ = false, 0));
    }
    bool ok() const { return ok_; }
    bool finished() const { return ok_ && at_ == bytes_.size(); }

private:
    std::uint64_t fail_number() {
        ok_ = false;
        return 0;
    }
    std::string_view bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

void write_properties(CompactWriter& out, const PropertyBag& properties) {
    out.number(properties.entries().size());
    for (const auto& [key, value] : properties.entries()) {
        out.text(key);
        out.byte(static_cast<char>(value.index()));
        if (const auto* text = std::get_if<std::string>(&value)) out.text(*text);
        if (const auto* list = std::get_if<std::vector<std::string>>(&value)) out.texts(*list);
        if (const auto* fragment = std::get_if<Fragment>(&value)) out.text(fragment->xml);
    }
}

void read_properties(CompactReader& in, PropertyBag& properties) {
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
        const std::string key = in.text();
        switch (in.byte()) {
            case 0:
                properties.set(key, in.text());
                break;
            case 1:
                properties.set(key, in.texts());
                break;
            default:
                properties.set(key, Fragment{in.text()});
                break;
        }
    }
}

void write_attachment(CompactWriter& out, const Attachment& attachment) {
    out.text(attachment.id);
    out.text(attachment.name);
    out.text(attachment.content_type);
    out.text(attachment.content_id);
    out.text(attachment.content_location);
    out.integer(attachment.size);
    out.byte(static_cast<char>((attachment.is_inline ? 1 : 0) |
                               (attachment.is_contact_photo ? 2 : 0) |
                               (attachment.is_item ? 4 : 0)));
    out.integer(attachment.modified);
    out.integer(attachment.mime_index);
    out.integer(attachment.row);
}

Attachment read_attachment(CompactReader& in) {
    Attachment attachment;
    attachment.id = in.text();
    attachment.name = in.text();
    attachment.content_type = in.text();
    attachment.content_id = in.text();
    attachment.content_location = in.text();
    attachment.size = in.integer();
    const int flags = in.byte();
    attachment.is_inline = (flags & 1) != 0;
    attachment.is_contact_photo = (flags & 2) != 0;
    attachment.is_item = (flags & 4) != 0;
    attachment.modified = in.integer();
    attachment.mime_index = static_cast<int>(in.integer());
    attachment.row = in.integer();
    return attachment;
}

}  // namespace

std::string encode_item(const Item& item) {
    CompactWriter out;
    out.byte(item_form_version);
    out.text(item.id);
    out.text(item.change_key);
    out.text(item.folder_id);
    out.text(item.item_class);
    out.number(static_cast<std::uint64_t>(item.kind));
    out.integer(item.created);
    out.integer(item.modified);
    out.integer(item.size);
    out.number(item.has_mime ? 1 : 0);
    out.number(item.arrival_sequence);
    out.number(item.change_sequence);
    out.number(item.read_sequence);
    write_properties(out, item.properties);
    out.number(item.extended.size());
    for (const auto& [key, value] : item.extended) {
        out.text(key);
        out.texts(value.values);
    }
    out.texts(item.categories);
    out.number(item.attachments.size());
    for (const auto& attachment : item.attachments) write_attachment(out, attachment);
    return out.take();
}

bool decode_item(std::string_view bytes, Item& item) {
    CompactReader in(bytes);
    if (in.byte() != item_form_version) return false;
    item.id = in.text();
    item.change_key = in.text();
    item.folder_id = in.text();
    item.item_class = in.text();
    const std::uint64_t kind = in.number();
    if (kind > static_cast<std::uint64_t>(ItemKind::Other)) return false;
    item.kind = static_cast<ItemKind>(kind);
    item.created = in.integer();
    item.modified = in.integer();
    item.size = in.integer();
    item.has_mime = in.number() != 0;
    item.arrival_sequence = in.number();
    item.change_sequence = in.number();
    item.read_sequence = in.number();
    read_properties(in, item.properties);
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
        std::string key = in.text();
        item.extended[std::move(key)].values = in.texts();
    }
    item.categories = in.texts();
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left)
        item.attachments.push_back(read_attachment(in));
    return in.finished();
}

std::string encode_folder(const Folder& folder) {
    CompactWriter out;
    out.byte(folder_form_version);
    out.text(folder.id);
    out.text(folder.change_key);
    out.text(folder.parent_id);
    out.text(folder.display_name);
    out.text(folder.folder_class);
    out.text(folder.distinguished_id);
    out.number(folder.generation);
    out.number(folder.created_sequence);
    out.number(folder.change_sequence);
    out.number(folder.deleted_count);
    out.integer(folder.modified);
    return out.take();
}

bool decode_folder(std::string_view bytes, Folder& folder) {
    CompactReader in(bytes);
    if (in.byte() != folder_form_version) return false;
    folder.id = in.text();
    folder.change_key = in.text();
    folder.parent_id = in.text();
    folder.display_name = in.text();
    folder.folder_class = in.text();
    folder.distinguished_id = in.text();
    folder.generation = in.number();
    folder.created_sequence = in.number();
    folder.change_sequence = in.number();
    folder.deleted_count = in.number();
    folder.modified = in.integer();
    return in.finished();
}

namespace {

void write_rule_parts(CompactWriter& out, const RuleParts& parts) {
    out.number(parts.size());
    for (const auto& [name, values] : parts) {
        out.text(name);
        out.texts(values);
    }
}

RuleParts read_rule_parts(CompactReader& in) {
    RuleParts out;
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
        std::string name = in.text();
        out[std::move(name)] = in.texts();
    }
    return out;
}

}  // namespace

std::string encode_server_rules(const ServerRules& rules) {
    CompactWriter out;
    out.byte(1);
    out.byte(rules.outlook_blob ? 1 : 0);
    out.number(rules.rules.size());
    for (const ServerRule& rule : rules.rules) {
        out.text(rule.id);
        out.text(rule.display_name);
        out.integer(rule.priority);
        out.byte(static_cast<char>((rule.enabled ? 1 : 0) | (rule.not_supported ? 2 : 0) |
                                   (rule.in_error ? 4 : 0)));
        for (const RuleParts* parts : {&rule.conditions, &rule.exceptions, &rule.actions})
            write_rule_parts(out, *parts);
    }
    return out.take();
}

bool decode_server_rules(std::string_view bytes, ServerRules& rules) {
    CompactReader in(bytes);
    if (in.byte() != 1) return false;
    rules.outlook_blob = in.byte() != 0;
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
        ServerRule rule;
        rule.id = in.text();
        rule.display_name = in.text();
        rule.priority = in.integer();
        const char flags = in.byte();
        rule.enabled = (flags & 1) != 0;
        rule.not_supported = (flags & 2) != 0;
        rule.in_error = (flags & 4) != 0;
        for (RuleParts* parts : {&rule.conditions, &rule.exceptions, &rule.actions})
            *parts = read_rule_parts(in);
        rules.rules.push_back(std::move(rule));
    }
    return in.finished();
}

}  // namespace liaison::sandbox
