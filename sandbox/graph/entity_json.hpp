#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sandbox/graph/graph_call.hpp"

namespace liaison::sandbox::graph {

/// The resources that are items of a mailbox.
enum class Resource { Message, Event, Contact, Task };

/// What of an entity a reply carries: $select and $expand.
struct Shape {
    std::optional<std::set<std::string, std::less<>>> select;  ///< absent: the default set
    std::set<std::string, std::less<>> expand;  ///< attachments, linkedResources, checklistItems
    std::set<std::string, std::less<>> attachment_select;  ///< empty: all but the content
    std::vector<std::string> extended_ids;      ///< as asked, of singleValueExtendedProperties
    std::vector<std::string> extended_keys;     ///< the canonical keys of extended_ids

    bool wants(std::string_view name) const { return !select || select->contains(name); }
    bool names(std::string_view name) const { return select && select->contains(name); }
};

/// The properties of one entity in the order of putting; what the shape leaves out is not kept.
class EntityWriter {
public:
    explicit EntityWriter(const Shape& shape) : shape_(shape) {}
    bool wants(std::string_view name) const { return shape_.wants(name); }
    template <class T>
    void put(std::string_view name, T&& value) {
        if (!wants(name)) return;
        if constexpr (std::is_convertible_v<T, std::string_view>) {
            out_[name] = std::string_view(value);
        } else {
            out_[name] = std::forward<T>(value);
        }
    }
    /// An annotation, whatever the shape.
    void annotate(std::string_view name, std::string_view value) { out_[name] = value; }
    /// Null when empty.
    void put_text(std::string_view name, std::string_view text);
    json::object take() { return std::move(out_); }

private:
    const Shape& shape_;
    json::object out_;
};

/// `@odata.etag`, `id` and what the shape wants.
json::object item_json(const Call& call, Resource resource, const Item& item, const Shape& shape);
void put_event(const Call& call, const Item& item, EntityWriter& out);
void put_contact(const Call& call, const Item& item, EntityWriter& out);
void put_message(const Call& call, const Item& item, const Shape& shape, EntityWriter& out);
void put_task(const Call& call, const Item& item, EntityWriter& out);

/// Name of the type in the metadata: "event", "todoTask".
std::string_view type_name(Resource resource);
/// The store's kind of item; Message is served from Message and Other.
bool is_of(Resource resource, const Item& item);

// Parts that several resources share.

std::string graph_date_time(EpochMillis time);  ///< 2027-03-01T09:00:00Z
/// A dateTimeTimeZone of an instant in a Windows zone; `shown_as` is the name to give.
json::object zoned_time(EpochMillis instant, std::string_view windows_zone,
                        std::string_view shown_as);
json::value recipient_json(std::string_view name, std::string_view address);
json::array recipients_json(const Item& item, std::string_view key);
std::string lower_first(std::string_view text);

struct BodyText {
    std::string text;
    std::string html;
    bool is_html = false;  ///< how it was written
};
BodyText body_of(const Call& call, const Item& item);
/// `{contentType, content}`: HTML unless the request prefers text (GDC outlook.body-content-type).
json::object body_json(const BodyText& body, bool as_text);
std::string preview_of(const BodyText& body);

/// singleValueExtendedProperties of an expand; empty when the item has none of them.
json::array extended_json(const Call& call, const Item& item, const Shape& shape);
/// "String {guid} Name CrmKey" in any letter case of GUID and type, as the store keys it.
/// ErrorInvalidProperty-like for texts that name no property.
Outcome<std::string> extended_key(std::string_view graph_id);

json::object attachment_json(const Call& call, const Item& item, const Attachment& attachment,
                             bool with_content);

}  // namespace liaison::sandbox::graph
