#pragma once
#include <optional>
#include <string>

#include "sandbox/ews/item_shape.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/mime.hpp"

namespace liaison::sandbox::ews {

/// Writes items as `<t:Task>...</t:Task>` in schema order. One per request.
class ItemWriter {
public:
    ItemWriter(const RequestContext& context, const ItemShape& shape)
        : context_(context), shape_(shape) {}

    /// Errors concern this item only: ErrorUnsupportedMimeConversion,
    /// ErrorMimeContentConversionFailed.
    Outcome<void> write(std::string& out, const Item& item);

private:
    Outcome<void> write_field(std::string& out, const Item& item, const Field& field);
    Outcome<void> write_special(std::string& out, const Item& item, const Field& field);
    void write_dictionary(std::string& out, const Item& item, const Field& field);
    void write_computed(std::string& out, const Item& item, const Field& field);
    void write_calendar(std::string& out, const Item& item, const Field& field);
    void write_contact(std::string& out, const Item& item, const Field& field);
    void write_extended(std::string& out, const Item& item);
    void write_headers(std::string& out, const Item& item, const Field& field);
    void write_attachments(std::string& out, const Item& item);
    void write_body(std::string& out, const Item& item, const Field& field);
    Outcome<void> write_mime(std::string& out, const Item& item);
    const Content& content(const Item& item);
    const ParsedMessage& parsed(const Item& item);

    const RequestContext& context_;
    const ItemShape& shape_;
    const Item* loaded_ = nullptr;
    Content content_;
    const Item* parsed_for_ = nullptr;
    ParsedMessage parsed_;
};

/// Metadata of one attachment as `<t:FileAttachment>` or `<t:ItemAttachment>`; `content_xml` comes
/// last inside.
void append_attachment(std::string& out, const Attachment& attachment,
                       std::string_view content_xml);

/// The value that the sandbox computes for well-known MAPI properties that nobody stored:
/// GlobalObjectId and CleanGlobalObjectId from calendar:UID, message flags, internet message id,
/// sender addresses, transport headers, creation and modification time. Empty: none.
std::vector<std::string> computed_extended_value(const RequestContext& context, const Item& item,
                                                 std::string_view canonical_key);

/// `<t:ResponseCode>`-free id pair of an item in its element: `<t:Task><t:ItemId .../></t:Task>`.
void append_item_reference(std::string& out, const Item& item);

/// What a message without raw MIME looks like as RFC 5322.
std::string composed_mime(const RequestContext& context, const Item& item);

/// A text body as HTML, as Exchange shows it to who wants HTML.
std::string html_of_text(std::string_view text);
/// The mailboxes of a recipients property ("message:ToRecipients") or of attendees.
std::vector<MailAddress> addresses_of(const Item& item, std::string_view key);

}  // namespace liaison::sandbox::ews
