#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace liaison::sandbox {

/// Milliseconds since 1970-01-01T00:00:00Z.
using EpochMillis = std::int64_t;

struct User {
    std::string address;  ///< primary SMTP address, lower case
    std::string display_name;
    std::string password;
    bool may_impersonate = false;

    friend bool operator==(const User&, const User&) = default;
};

/// Which EWS element the item is served as; every other item class is served as t:Message.
enum class ItemKind { Message, Task, Appointment, Contact, Other };

/// Already serialised children of a structured property (attendees, recurrence, recipients),
/// exactly as a reply carries them between the property's tags: prefix `t:`, schema order, text
/// escaped.
struct Fragment {
    std::string xml;
    friend bool operator==(const Fragment&, const Fragment&) = default;
};

/// One property: text in the XSD's lexical form (date-times `2027-03-01T09:00:00Z`,
/// `true`/`false`), a list of texts (t:String elements), or a fragment.
using PropertyValue = std::variant<std::string, std::vector<std::string>, Fragment>;

/// The properties of an item, keyed by EWS FieldURI ("item:Subject", "task:DueDate").
///
/// Keys beyond the plain FieldURI: indexed properties are `uri/index`
/// ("contacts:EmailAddress/EmailAddress1", "contacts:PhysicalAddress:City/Business"); attributes of
/// a property are `key@Attribute` ("item:Body@BodyType",
/// "contacts:EmailAddress/EmailAddress1@Name"). Time zones are Windows ids
/// ("calendar:StartTimeZone"). Not kept here: item:Categories, item:Attachments, item:ItemClass,
/// item:DateTimeCreated, item:LastModifiedTime, item:Size, item:MimeContent, extended properties
/// (members of Item), and the body of a message that came as MIME (Content).
class PropertyBag {
public:
    using Entry = std::pair<std::string_view, PropertyValue>;

    const PropertyValue* find(std::string_view key) const;
    /// The text of a text property, or an empty view.
    std::string_view text(std::string_view key) const;
    void set(std::string_view key, PropertyValue value);
    /// False when there was none.
    bool erase(std::string_view key);
    /// Erases `key` and everything below it (`key/...`, `key@...`).
    void erase_tree(std::string_view key);
    bool empty() const { return entries_.empty(); }
    /// Ordered by key.
    const std::vector<Entry>& entries() const { return entries_; }
    friend bool operator==(const PropertyBag&, const PropertyBag&) = default;

private:
    std::vector<Entry> entries_;  // keys are interned for the life of the process
};

/// A MAPI property asked for or set by ExtendedFieldURI. `values` has one entry unless the type is
/// an array type.
struct ExtendedValue {
    std::vector<std::string> values;
    friend bool operator==(const ExtendedValue&, const ExtendedValue&) = default;
};

/// The canonical key of a named property, by name: `String {11111111-...} Name CrmKey` (the form
/// that Graph uses too). The GUID is lower-cased; types are those of MapiPropertyTypeType.
std::string extended_key_by_name(std::string_view type, std::string_view guid,
                                 std::string_view name);
/// By dispatch id: `Binary {6ed8da90-...} Id 0x3`.
std::string extended_key_by_id(std::string_view type, std::string_view guid, std::uint32_t id);
/// By tag: `Integer 0xe07`.
std::string extended_key_by_tag(std::string_view type, std::uint32_t tag);

struct Attachment {
    std::string id;  ///< given by the store; changes with the item's id
    std::string name;
    std::string content_type;
    std::string content_id;
    std::string content_location;
    std::int64_t size = 0;  ///< bytes
    bool is_inline = false;
    bool is_contact_photo = false;
    bool is_item = false;  ///< an embedded message (t:ItemAttachment); its content is its MIME
    EpochMillis modified = 0;
    int mime_index =
        -1;  ///< n-th attachment of the item's MIME, or -1: the store holds the content
    std::int64_t row = 0;  ///< kept by the store: where it holds the content; survives a move

    friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// What is heavy about an item and is read only on demand: from the store's file, never kept in
/// memory.
struct Content {
    std::string mime;       ///< raw RFC 5322 bytes as they came; empty: no MIME
    std::string text_body;  ///< UTF-8; for a mail with MIME
    std::string html_body;  ///< UTF-8; empty: the mail has no HTML part
};

struct Item {
    std::string id;          ///< case-sensitive, about 150 characters; changes on move
    std::string change_key;  ///< a new one on each change
    std::string folder_id;
    std::string item_class;  ///< IPM.Note, IPM.Task, IPM.Appointment, IPM.Contact, ...
    ItemKind kind = ItemKind::Other;
    EpochMillis created = 0;
    EpochMillis modified = 0;
    std::int64_t size = 0;  ///< bytes, as item:Size
    bool has_mime = false;
    PropertyBag properties;
    std::map<std::string, ExtendedValue, std::less<>> extended;  ///< by canonical key
    std::vector<std::string> categories;
    std::vector<Attachment> attachments;

    // Kept by the store. Sequence numbers of the mailbox: arrival in this folder, last change of
    // anything but the read flag, last change of the read flag alone (0: never). `row` is the key
    // in the store's file.
    std::uint64_t arrival_sequence = 0;
    std::uint64_t change_sequence = 0;
    std::uint64_t read_sequence = 0;
    std::int64_t row = 0;
};

struct Folder {
    std::string id;  ///< never changes
    std::string change_key;
    std::string parent_id;  ///< empty for the mailbox's root
    std::string display_name;
    std::string folder_class;  ///< IPF.Note, IPF.Task, IPF.Appointment, IPF.Contact, IPF.StickyNote
    std::string distinguished_id;  ///< "inbox", ...; empty for a user's folder
    std::uint64_t generation = 1;  ///< a sync state of another generation is invalid
    std::uint64_t created_sequence = 0;
    std::uint64_t change_sequence = 0;
    std::uint64_t deleted_count = 0;  ///< PR_DELETED_COUNT_TOTAL
    EpochMillis modified = 0;         ///< PR_LOCAL_COMMIT_TIME_MAX
    std::int64_t row = 0;
};

/// A mail that would have left the mailbox. Nothing is ever sent; tests look here.
struct SentRecord {
    std::string mailbox;
    std::string operation;    ///< CreateItem, UpdateItem, DeleteItem, SendItem
    std::string disposition;  ///< SendToAllAndSaveCopy, SendOnly, ...
    std::string item_id;
    std::vector<std::string> recipients;

    friend bool operator==(const SentRecord&, const SentRecord&) = default;
};

}  // namespace liaison::sandbox
