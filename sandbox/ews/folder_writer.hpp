#pragma once
#include <set>
#include <string>
#include <vector>

#include "sandbox/ews/query.hpp"
#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// t:FolderShape, resolved.
class FolderShape {
public:
    static Outcome<FolderShape> read(const pugi::xml_node& element);
    bool wants(std::string_view uri) const { return uris_.contains(uri); }
    const std::vector<FieldPath>& extended() const { return extended_; }

private:
    std::set<std::string, std::less<>> uris_;
    std::vector<FieldPath> extended_;
};

/// `<t:Folder>`, `<t:CalendarFolder>`, `<t:ContactsFolder>` or `<t:TasksFolder>` by the folder's
/// class.
void append_folder(std::string& out, const RequestContext& context, const Folder& folder,
                   const FolderShape& shape);
std::string_view folder_element(const Folder& folder);

std::vector<std::string> folder_values(const RequestContext& context, const Folder& folder,
                                       const FieldPath& path);
Outcome<ValueType> folder_path_type(const FieldPath& path);

}  // namespace liaison::sandbox::ews
