#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"
#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/query.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t find_item_cap = 1'000;  // ED: EWS throttling, find without restriction
constexpr std::size_t find_item_restricted_cap =
    250;  // Exchange 2013 and later, with a restriction
constexpr std::int64_t view_range_max_ms = std::int64_t{2} * 366 * 86'400'000;

ValueReader reader_of(const RequestContext& context, const Item& item) {
    return [&context, &item](const FieldPath& path) { return item_values(context, item, path); };
}

Outcome<void> filter_and_sort(const RequestContext& context, const pugi::xml_node& request,
                              std::vector<const Item*>& found) {
    if (const pugi::xml_node node = request.child("Restriction")) {
        const auto restriction = Restriction::read(node, item_path_type);
        if (!restriction) return std::unexpected(restriction.error());
        std::erase_if(found, [&](const Item* item) {
            return !restriction->matches(reader_of(context, *item));
        });
    }
    if (const pugi::xml_node node = request.child("SortOrder")) {
        const auto order = SortOrder::read(node, item_path_type);
        if (!order) return std::unexpected(order.error());
        std::sort(found.begin(), found.end(), [&](const Item* a, const Item* b) {
            const ValueReader left = reader_of(context, *a);
            const ValueReader right = reader_of(context, *b);
            if (order->before(left, right)) return true;
            return !order->before(right, left) && a->arrival_sequence > b->arrival_sequence;
        });
    }
    return {};
}

// Single items that overlap the range, by start. Masters would have to be expanded, which the
// sandbox cannot.
Outcome<std::string> calendar_view(const RequestContext& context, const pugi::xml_node& request,
                                   const Folder& folder, const ItemShape& shape) {
    const pugi::xml_node view = request.child("CalendarView");
    if (folder_element(folder) != "CalendarFolder") {
        return ews_fail("ErrorCalendarFolderIsInvalidForCalendarView",
                        "CalendarView needs a calendar folder.");
    }
    if (request.child("Restriction") || request.child("SortOrder")) {
        return ews_fail("ErrorInvalidOperation",
                        "CalendarView excludes a restriction and a sort order.");
    }
    const auto instant = [&](const char* name) {
        const auto value = parse_date_time(view.attribute(name).value());
        return value->local_ms - value->offset_minutes.value_or(0) * std::int64_t{60'000};
    };
    const std::int64_t from = instant("StartDate");
    const std::int64_t to = instant("EndDate");
    if (to < from)
        return ews_fail("ErrorCalendarEndDateIsEarlierThanStartDate",
                        "EndDate is earlier than StartDate.");
    if (to - from > view_range_max_ms)
        return ews_fail("ErrorCalendarViewRangeTooBig", "The range is over two years.");
    std::vector<std::pair<std::int64_t, const Item*>> found;
    for (const Item* item : context.store.items(context.mailbox, folder.id)) {
        if (item->kind != ItemKind::Appointment || context.empty_listing) continue;
        const auto start = parse_utc(item->properties.text("calendar:Start"));
        const auto end = parse_utc(item->properties.text("calendar:End"));
        if (!start || !end) continue;
        if (item->properties.find("calendar:Recurrence") != nullptr && *start < to) {
            return ews_fail("ErrorInvalidOperation",
                            "The sandbox does not expand recurring items in a CalendarView.");
        }
        if (*start < to && (*end > from || (*start == *end && *start >= from)))
            found.emplace_back(*start, item);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first
                                  : a.second->arrival_sequence < b.second->arrival_sequence;
    });
    std::size_t count = std::min(found.size(), find_item_cap);
    if (const pugi::xml_attribute limit = view.attribute("MaxEntriesReturned")) {
        if (limit.as_int() < 1)
            return ews_fail("ErrorInvalidPagingMaxRows", "MaxEntriesReturned must be positive.");
        count = std::min(count, static_cast<std::size_t>(limit.as_int()));
    }
    ItemWriter writer(context, shape);
    std::string out = "<m:RootFolder TotalItemsInView=\"" + std::to_string(found.size()) +
                      "\" IncludesLastItemInRange=\"" + (count == found.size() ? "true" : "false") +
                      "\"><t:Items>";
    for (std::size_t i = 0; i < count; ++i) {
        if (auto ok = writer.write(out, *found[i].second); !ok) return std::unexpected(ok.error());
    }
    return out + "</t:Items></m:RootFolder>";
}

Outcome<std::string> found_in(const RequestContext& context, const pugi::xml_node& request,
                              const Folder& folder, const ItemShape& shape) {
    for (const char* option : {"ContactsView", "QueryString"}) {
        if (request.child(option)) {
            return ews_fail("ErrorInvalidOperation",
                            std::string("The sandbox does not implement ") + option + ".");
        }
    }
    const std::string_view traversal = request.attribute("Traversal").value();
    if (traversal == "SoftDeleted") {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement the SoftDeleted traversal.");
    }
    if (request.child("CalendarView")) return calendar_view(context, request, folder, shape);
    std::vector<const Item*> found;
    const bool associated = traversal == "Associated";  // there are no associated items here
    if (!context.empty_listing && !associated)
        found = context.store.items(context.mailbox, folder.id);
    std::reverse(found.begin(), found.end());  // newest first
    if (auto ok = filter_and_sort(context, request, found); !ok) return std::unexpected(ok.error());
    pugi::xml_node view = request.child("IndexedPageItemView");
    if (!view) view = request.child("FractionalPageItemView");
    std::size_t cap = request.child("Restriction") ? find_item_restricted_cap : find_item_cap;
    if (context.struck_by(FaultKind::ShortPage)) cap = std::max(1u, context.fault->count);
    const auto page = read_page(view, found.size(), cap);
    if (!page) return std::unexpected(page.error());
    ItemWriter writer(context, shape);
    std::string out = "<m:RootFolder" + page->attributes + "><t:Items>";
    for (std::size_t i = 0; i < page->count; ++i) {
        if (auto ok = writer.write(out, *found[page->first + i]); !ok)
            return std::unexpected(ok.error());
    }
    return out + "</t:Items></m:RootFolder>";
}

}  // namespace

Reply find_item(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "FindItem", "");
    const auto shape = ItemShape::read(request.child("ItemShape"), true);
    for (const pugi::xml_node id : request.child("ParentFolderIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (!shape) {
            response.error(shape.error());
            continue;
        }
        const auto folder = resolve_folder(context, id);
        const auto found = folder ? found_in(context, request, **folder, *shape)
                                  : Outcome<std::string>(std::unexpected(folder.error()));
        if (found) {
            response.success(*found);
        } else {
            response.error(found.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
