#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sandbox/ews/fields.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// Applies what a request sets to an item: values are normalised as Exchange does it, coupled
/// properties follow, and `finish` resolves times without offset by the item's time zones and
/// checks the whole.
class ItemEditor {
public:
    /// `creating`: properties that are settable on creation only are allowed.
    ItemEditor(const RequestContext& context, Item& item, bool creating);

    /// One property element below t:Task and so on. ErrorInvalidPropertySet and value errors.
    Outcome<void> set(const pugi::xml_node& element);
    /// The property of `path` from the type's element (t:Task) that has exactly this property:
    /// ErrorUpdatePropertyMismatch, ErrorIncorrectUpdatePropertyCount.
    Outcome<void> set_path(const FieldPath& path, const pugi::xml_node& type_element);
    Outcome<void> append_path(const FieldPath& path, const pugi::xml_node& type_element);
    Outcome<void> erase_path(const FieldPath& path);
    /// Must be called once at the end.
    Outcome<void> finish();

    /// Contents of the attachments that t:Attachments brought, in the order of item.attachments.
    std::vector<std::string> take_attachment_contents() { return std::move(attachment_contents_); }

private:
    Outcome<void> set_field(const Field& field, const pugi::xml_node& element);
    Outcome<void> set_text(const Field& field, const pugi::xml_node& element);
    Outcome<void> set_date_time(const Field& field, std::string_view text);
    Outcome<void> set_special(const Field& field, const pugi::xml_node& element);
    Outcome<void> set_fragment(const Field& field, const pugi::xml_node& element);
    Outcome<void> set_zone(const Field& field, const pugi::xml_node& element);
    Outcome<void> set_extended(const pugi::xml_node& element);
    void set_dictionary(const Field& field, const pugi::xml_node& element);
    void set_dictionary_entry(const std::string& prefix, const pugi::xml_node& entry);
    Outcome<void> set_indexed(const FieldPath& path, const pugi::xml_node& dictionary);
    void couple_task(std::string_view changed_uri);
    void set_completed();
    Outcome<void> finish_calendar();
    Outcome<void> normalise_all_day();
    Outcome<void> resolve_pending();
    void note_size();

    const RequestContext& context_;
    Item& item_;
    const ItemTypeFields& fields_;
    bool creating_;
    std::map<std::string, std::int64_t, std::less<>>
        pending_;  // wall clocks without offset, by uri
    std::map<std::string, std::string, std::less<>> zones_before_;
    std::set<std::string, std::less<>> touched_;  // date-times that this request set
    std::vector<std::string> attachment_contents_;
};

/// From t:FileAttachment; ItemAttachment and ReferenceAttachment are refused with the documented
/// error.
struct NewAttachment {
    Attachment attachment;
    std::string content;
};
Outcome<NewAttachment> read_attachment(const pugi::xml_node& element);

/// `<t:Mailbox>` with name, address and routing type filled in; users of the sandbox are resolved
/// by address.
Outcome<std::string> normal_mailbox(const RequestContext& context, const pugi::xml_node& mailbox);
/// ErrorCalendarInvalidRecurrence and kin, or nothing.
Outcome<void> check_recurrence(const pugi::xml_node& recurrence);

}  // namespace liaison::sandbox::ews
