#include "sandbox/ews/folder_writer.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

bool is_class(const Folder& folder, std::string_view name) {
    return folder.folder_class == name ||
           (folder.folder_class.starts_with(name) && folder.folder_class[name.size()] == '.');
}

constexpr std::string_view folder_rights =
    "<t:EffectiveRights><t:CreateAssociated>true</t:CreateAssociated><t:CreateContents>true</"
    "t:CreateContents>"
    "<t:CreateHierarchy>true</t:CreateHierarchy><t:Delete>true</t:Delete><t:Modify>true</"
    "t:Modify><t:Read>true</t:Read>"
    "<t:ViewPrivateItems>true</t:ViewPrivateItems></t:EffectiveRights>";

std::vector<std::string> folder_extended(const Folder& folder, std::string_view key) {
    if (key == "SystemTime 0x670a") return {format_utc(folder.modified)};
    if (key == "Integer 0x670b") return {std::to_string(folder.deleted_count)};
    if (key == "Boolean 0x10f4") return {"false"};
    if (key == "String 0x3613") {
        return folder.folder_class.empty() ? std::vector<std::string>{}
                                           : std::vector<std::string>{folder.folder_class};
    }
    if (key == "Integer 0x3601") return {folder.parent_id.empty() ? "0" : "1"};
    if (key == "String 0x3001") return {folder.display_name};
    return {};
}

void append_folder_id(std::string& out, std::string_view element, std::string_view id,
                      std::string_view change_key) {
    ((((((out += '<') += element) += " Id=\"") += id) += "\" ChangeKey=\"") += change_key) +=
        "\"/>";
}

// Nobody but the owner has rights: the two entries that every folder has, both without any.
void append_permissions(std::string& out, bool calendar) {
    const std::string kind = calendar ? "CalendarPermission" : "Permission";
    out += "<t:PermissionSet><t:" + kind + "s>";
    for (const std::string_view user : {"Default", "Anonymous"}) {
        out += "<t:" + kind + "><t:UserId>";
        append_element(out, "t:DistinguishedUser", user);
        out +=
            "</t:UserId><t:CanCreateItems>false</t:CanCreateItems><t:CanCreateSubFolders>false"
            "</t:CanCreateSubFolders><t:IsFolderOwner>false</"
            "t:IsFolderOwner><t:IsFolderVisible>false"
            "</t:IsFolderVisible><t:IsFolderContact>false</t:IsFolderContact><t:EditItems>None</"
            "t:EditItems>"
            "<t:DeleteItems>None</t:DeleteItems><t:ReadItems>None</t:ReadItems><t:" +
            kind + "Level>None</t:" + kind + "Level></t:" + kind + ">";
    }
    out += "</t:" + kind + "s></t:PermissionSet>";
}

}  // namespace

Outcome<FolderShape> FolderShape::read(const pugi::xml_node& element) {
    FolderShape shape;
    const std::string base = element_text(element.child("BaseShape"));
    if (base == "PcxPeopleSearch")
        return ews_fail("ErrorInvalidRequest", "The base shape is for FindPeople.");
    shape.uris_.insert("folder:FolderId");
    if (base != "IdOnly") {
        shape.uris_.insert({"folder:DisplayName", "folder:UnreadCount", "folder:TotalCount",
                            "folder:ChildFolderCount"});
    }
    if (base == "AllProperties") {
        shape.uris_.insert({"folder:ParentFolderId", "folder:FolderClass", "folder:EffectiveRights",
                            "folder:DistinguishedFolderId"});
    }
    for (const pugi::xml_node child : element.child("AdditionalProperties").children()) {
        if (child.type() != pugi::node_element) continue;
        auto path = read_path(child);
        if (!path) return std::unexpected(path.error());
        if (path->kind == FieldPath::Kind::Extended) {
            shape.extended_.push_back(std::move(*path));
        } else if (!path->uri.starts_with("folder:")) {
            return ews_fail("ErrorInvalidPropertyRequest",
                            "The sandbox does not implement " + path->uri + " on folders.");
        } else {
            shape.uris_.insert(path->uri);
        }
    }
    return shape;
}

std::string_view folder_element(const Folder& folder) {
    if (is_class(folder, "IPF.Appointment")) return "CalendarFolder";
    if (is_class(folder, "IPF.Contact")) return "ContactsFolder";
    if (is_class(folder, "IPF.Task")) return "TasksFolder";
    return "Folder";
}

void append_folder(std::string& out, const RequestContext& context, const Folder& folder,
                   const FolderShape& shape) {
    const std::string_view element = folder_element(folder);
    ((out += "<t:") += element) += '>';
    append_folder_id(out, "t:FolderId", folder.id, folder.change_key);
    if (shape.wants("folder:ParentFolderId") && !folder.parent_id.empty()) {
        const Folder* parent = context.store.find_folder(context.mailbox, folder.parent_id);
        append_folder_id(out, "t:ParentFolderId", folder.parent_id,
                         parent == nullptr ? "" : parent->change_key);
    }
    if (shape.wants("folder:FolderClass") && !folder.folder_class.empty()) {
        append_element(out, "t:FolderClass", folder.folder_class);
    }
    if (shape.wants("folder:DisplayName"))
        append_element(out, "t:DisplayName", folder.display_name);
    if (shape.wants("folder:TotalCount")) {
        append_number(
            out, "t:TotalCount",
            static_cast<std::int64_t>(context.store.item_count(context.mailbox, folder.id)));
    }
    if (shape.wants("folder:ChildFolderCount")) {
        append_number(
            out, "t:ChildFolderCount",
            static_cast<std::int64_t>(context.store.children(context.mailbox, folder.id).size()));
    }
    for (const FieldPath& path : shape.extended()) {
        const auto values = folder_extended(folder, path.extended_key);
        if (values.empty()) continue;
        out += "<t:ExtendedProperty>" + path.extended_xml;
        append_element(out, "t:Value", values[0]);
        out += "</t:ExtendedProperty>";
    }
    if (shape.wants("folder:EffectiveRights")) out += folder_rights;
    if (shape.wants("folder:DistinguishedFolderId") && !folder.distinguished_id.empty()) {
        append_element(out, "t:DistinguishedFolderId", folder.distinguished_id);
    }
    if (shape.wants("folder:PermissionSet")) append_permissions(out, element == "CalendarFolder");
    if (shape.wants("folder:UnreadCount") && (element == "Folder" || element == "TasksFolder")) {
        append_number(
            out, "t:UnreadCount",
            static_cast<std::int64_t>(context.store.unread_count(context.mailbox, folder.id)));
    }
    ((out += "</t:") += element) += '>';
}

std::vector<std::string> folder_values(const RequestContext& context, const Folder& folder,
                                       const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) return folder_extended(folder, path.extended_key);
    if (path.uri == "folder:DisplayName") return {folder.display_name};
    if (path.uri == "folder:FolderClass") {
        return folder.folder_class.empty() ? std::vector<std::string>{}
                                           : std::vector<std::string>{folder.folder_class};
    }
    if (path.uri == "folder:TotalCount")
        return {std::to_string(context.store.item_count(context.mailbox, folder.id))};
    if (path.uri == "folder:UnreadCount")
        return {std::to_string(context.store.unread_count(context.mailbox, folder.id))};
    if (path.uri == "folder:ChildFolderCount") {
        return {std::to_string(context.store.children(context.mailbox, folder.id).size())};
    }
    return {};
}

Outcome<ValueType> folder_path_type(const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) return extended_value_type(path.extended_type);
    if (path.uri == "folder:DisplayName" || path.uri == "folder:FolderClass")
        return ValueType::Text;
    if (path.uri == "folder:TotalCount" || path.uri == "folder:UnreadCount" ||
        path.uri == "folder:ChildFolderCount") {
        return ValueType::Number;
    }
    return ews_fail("ErrorUnsupportedPathForQuery",
                    "The property can not be used with this type of restriction.");
}

}  // namespace liaison::sandbox::ews
