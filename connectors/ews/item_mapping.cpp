#include "connectors/ews/item_mapping.hpp"

#include "connectors/ews/calendar_item.hpp"
#include "connectors/ews/contact_item.hpp"
#include "connectors/ews/task_item.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

std::string element_xml(std::string_view element, std::string_view text) {
    std::string out;
    XmlWriter(out).leaf("t:" + std::string(element), text);
    return out;
}

std::string categories_xml(const PatchView& patch) {
    const TextList names = written_categories(patch);
    if (names.empty()) return {};
    std::string out;
    XmlWriter xml(out);
    xml.open("t:Categories");
    for (const std::string& name : names) xml.leaf("t:String", name);
    xml.close("t:Categories");
    return out;
}

}  // namespace

void put_value(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element,
               std::string_view value) {
    out.push_back(
        {PropertyPath::plain(uri), std::string(element), {}, element_xml(element, value)});
}

void put_delete(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element) {
    out.push_back({PropertyPath::plain(uri), std::string(element), {}, {}});
}

void put_text(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element,
              std::string_view text) {
    if (text.empty())
        put_delete(out, uri, element);
    else
        put_value(out, uri, element, text);
}

void put_extended(std::vector<PropertyWrite>& out, const PropertyPath& path,
                  std::string_view text) {
    PropertyWrite write{path, "ExtendedProperty", {}, {}};
    if (!text.empty()) {
        XmlWriter xml(write.xml);
        xml.open("t:ExtendedProperty");
        write_path(xml, path);
        xml.leaf("t:Value", text).close("t:ExtendedProperty");
    }
    out.push_back(std::move(write));
}

void put_token(std::vector<PropertyWrite>& out, const MappingContext& context,
               const CorrelationToken& token) {
    // An empty token takes the property off: a copy that a person made is released (F38).
    put_extended(out, PropertyPath::named(context.property_set, kTokenProperty),
                 token.empty() ? std::string() : token.str());
}

std::vector<PropertyPath> common_properties(const MappingContext& context) {
    std::vector<PropertyPath> paths;
    for (const std::string_view uri :
         {"item:ParentFolderId", "item:ItemClass", "item:Subject", "item:Sensitivity", "item:Body",
          "item:Categories", "item:LastModifiedTime"})
        paths.push_back(PropertyPath::plain(uri));
    paths.push_back(PropertyPath::named(context.property_set, kTokenProperty));
    return paths;
}

CorrelationToken read_token(const XmlNode& item) {
    return CorrelationToken::parse(read_named_property(item, kTokenProperty));
}

void read_common(const XmlNode& item, Record& record, Field body_field) {
    record.set(Field::Subject, item.child_text("Subject"));
    record.set(body_field, truncate_chars(item.child_text("Body"), limits::body_chars_max));
    const std::string sensitivity = item.child_text("Sensitivity");
    record.set(Field::IsPrivate, sensitivity == "Private" || sensitivity == "Confidential");
    TextList names;
    for (const XmlNode& name : item.child("Categories")) names.push_back(name.text());
    read_categories(names, record);
}

void write_common(const PatchView& patch, std::vector<PropertyWrite>& out, Field body_field) {
    if (patch.has(Field::Subject))
        put_text(out, "item:Subject", "Subject", patch.text(Field::Subject));
    if (patch.has(Field::IsPrivate))
        put_value(out, "item:Sensitivity", "Sensitivity",
                  patch.flag(Field::IsPrivate) ? "Private" : "Normal");
    if (patch.has(body_field)) {
        PropertyWrite write{PropertyPath::plain("item:Body"), "Body", {}, {}};
        const std::string text = patch.text(body_field);
        if (!text.empty()) {
            XmlWriter xml(write.xml);
            xml.open("t:Body").attribute("BodyType", "Text").text(text).close("t:Body");
        }
        out.push_back(std::move(write));
    }
    // One property holds both: the other field's present value is in the patch (write_groups).
    if (patch.has(Field::Categories) || patch.has(Field::StateCategory))
        out.push_back(
            {PropertyPath::plain("item:Categories"), "Categories", {}, categories_xml(patch)});
}

std::vector<PropertyPath> item_properties(EntityKind kind, const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return task_properties(context);
        case EntityKind::Appointment:
            return calendar_properties(context);
        case EntityKind::Contact:
            return contact_properties(context);
    }
    return {};
}

ItemContent read_item(EntityKind kind, const XmlNode& item, const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return read_task(item, context);
        case EntityKind::Appointment:
            return read_calendar_item(item, context);
        case EntityKind::Contact:
            return read_contact(item, context);
    }
    return Unreadable{"unknown_class", {}};
}

std::vector<PropertyWrite> item_writes(EntityKind kind, const Patch& patch,
                                       const MappingContext& context) {
    switch (kind) {
        case EntityKind::Task:
            return task_writes(patch, context);
        case EntityKind::Appointment:
            return calendar_writes(patch, context);
        case EntityKind::Contact:
            return contact_writes(patch, context);
    }
    return {};
}

Record project_item(const Record& record, const MappingContext& context) {
    switch (record.kind()) {
        case EntityKind::Task:
            return project_task(record, context);
        case EntityKind::Appointment:
            return project_calendar_item(record, context);
        case EntityKind::Contact:
            return project_contact(record, context);
    }
    return record;
}

}  // namespace liaison::ews
