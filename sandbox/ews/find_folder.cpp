#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t find_folder_cap = 1'000;

void collect_folders(const RequestContext& context, std::string_view parent, bool deep,
                     std::vector<const Folder*>& out) {
    for (const Folder* child : context.store.children(context.mailbox, parent)) {
        out.push_back(child);
        if (deep) collect_folders(context, child->id, deep, out);
    }
}

Outcome<std::string> found_below(const RequestContext& context, const pugi::xml_node& request,
                                 const Folder& parent, const FolderShape& shape) {
    const std::string_view traversal = request.attribute("Traversal").value();
    if (traversal == "SoftDeleted") {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement the SoftDeleted traversal.");
    }
    if (traversal == "Deep" && context.mailbox == public_folders_address) {
        return ews_fail("ErrorInvalidOperation",
                        "Deep traversal queries are disallowed on public folders.");
    }
    std::vector<const Folder*> found;
    if (!context.empty_listing) collect_folders(context, parent.id, traversal == "Deep", found);
    if (const pugi::xml_node node = request.child("Restriction")) {
        const auto restriction = Restriction::read(node, folder_path_type);
        if (!restriction) return std::unexpected(restriction.error());
        std::erase_if(found, [&](const Folder* folder) {
            return !restriction->matches(
                [&](const FieldPath& path) { return folder_values(context, *folder, path); });
        });
    }
    pugi::xml_node view = request.child("IndexedPageFolderView");
    if (!view) view = request.child("FractionalPageFolderView");
    const auto page = read_page(view, found.size(), find_folder_cap);
    if (!page) return std::unexpected(page.error());
    std::string out = "<m:RootFolder" + page->attributes + "><t:Folders>";
    for (std::size_t i = 0; i < page->count; ++i)
        append_folder(out, context, *found[page->first + i], shape);
    return out + "</t:Folders></m:RootFolder>";
}

}  // namespace

Reply find_folder(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "FindFolder", "");
    const auto shape = FolderShape::read(request.child("FolderShape"));
    for (const pugi::xml_node id : request.child("ParentFolderIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (!shape) {
            response.error(shape.error());
            continue;
        }
        const auto parent = resolve_folder(context, id);
        const auto found = parent ? found_below(context, request, **parent, *shape)
                                  : Outcome<std::string>(std::unexpected(parent.error()));
        if (found) {
            response.success(*found);
        } else {
            response.error(found.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
