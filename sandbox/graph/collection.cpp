#include "sandbox/graph/collection.hpp"

#include <charconv>

#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/ews_bridge.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t default_page = 10;
constexpr std::size_t largest_page = 1'000;

std::vector<std::string_view> split_outside(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    int depth = 0;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const char c = at < text.size() ? text[at] : separator;
        if (c == '\'') quoted = !quoted;
        if (!quoted && c == '(') ++depth;
        if (!quoted && c == ')') --depth;
        const bool cut = at == text.size() || (c == separator && depth == 0 && !quoted);
        if (!cut) continue;
        std::string_view part = text.substr(start, at - start);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) out.push_back(part);
        start = at + 1;
    }
    return out;
}

Outcome<void> expand_extended(std::string_view options, Shape& shape) {
    constexpr std::string_view filter_name = "$filter=";
    if (!options.starts_with(filter_name))
        return graph_fail(400, "ErrorInvalidUrlQuery",
                          "singleValueExtendedProperties can be expanded with a $filter only.");
    auto filter =
        Filter::parse(options.substr(filter_name.size()), "singleValueLegacyExtendedProperty");
    if (!filter) return std::unexpected(filter.error());
    for (const auto& id : filter->id_literals()) {
        auto key = extended_key(id);
        if (!key) return std::unexpected(key.error());
        shape.extended_ids.push_back(id);
        shape.extended_keys.push_back(std::move(*key));
    }
    return {};
}

Outcome<void> read_expand(std::string_view text, std::string_view type, Shape& shape) {
    for (const std::string_view part : split_outside(text, ',')) {
        const std::size_t open = std::min(part.find('('), part.size());
        const std::string name(part.substr(0, open));
        std::string_view options = part.substr(open);
        if (options.size() >= 2) options = options.substr(1, options.size() - 2);
        const EntityType* known = find_entity_type(type);
        const EntityProperty* property = known == nullptr ? nullptr : known->find(name);
        if (property == nullptr || !property->navigation)
            return graph_fail(400, "RequestBroker--ParseUri",
                              "Could not find a property named '" + name +
                                  "' on type 'microsoft.graph." + std::string(type) + "'.");
        if (name == "singleValueExtendedProperties") {
            if (auto ok = expand_extended(options, shape); !ok) return ok;
            continue;
        }
        // OData URL conventions 5.1.3: an expanded collection takes its own $select.
        constexpr std::string_view select_name = "$select=";
        if (name == "attachments" && options.starts_with(select_name)) {
            for (const std::string_view one : split_outside(options.substr(select_name.size()), ','))
                shape.attachment_select.insert(std::string(one));
            options = {};
        }
        const bool known_expand =
            name == "attachments" || name == "linkedResources" || name == "checklistItems";
        if (!known_expand || !options.empty())
            return graph_fail(400, "ErrorInvalidUrlQuery",
                              "The sandbox does not expand '" + std::string(part) + "'.");
        shape.expand.insert(name);
    }
    return {};
}

// The words of a $search: all must occur. `subject:x` and its like look at one property.
struct SearchWord {
    std::string property;
    std::string text;
};

std::string lower_text(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

Outcome<std::vector<SearchWord>> read_search(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    std::vector<SearchWord> out;
    for (std::string_view part : split_outside(text, ' ')) {
        if (part == "AND") continue;
        if (part == "OR" || part == "NOT")
            return graph_fail(400, "SearchEvents",
                              "The sandbox does not implement this search expression.");
        SearchWord word;
        if (const std::size_t colon = part.find(':'); colon != std::string_view::npos) {
            word.property = part.substr(0, colon);
            part = part.substr(colon + 1);
            static constexpr std::string_view known[] = {"subject", "body", "from", "to", "cc"};
            if (std::find(std::begin(known), std::end(known), word.property) == std::end(known))
                return graph_fail(400, "SearchEvents",
                                  "The sandbox does not search '" + word.property + "'.");
        }
        word.text = lower_text(part);
        out.push_back(std::move(word));
    }
    return out;
}

std::string searched_text(const json::object& entity, std::string_view property) {
    const auto flat = [&](std::string_view name) {
        const json::value* value = entity.if_contains(name);
        return value == nullptr ? std::string() : json::serialize(*value);
    };
    if (property == "to") return lower_text(flat("toRecipients"));
    if (property == "cc") return lower_text(flat("ccRecipients"));
    if (!property.empty()) return lower_text(flat(property));
    return lower_text(flat("subject") + flat("body") + flat("from"));
}

bool matches_search(const json::object& entity, const std::vector<SearchWord>& words) {
    return std::all_of(words.begin(), words.end(), [&](const SearchWord& word) {
        return searched_text(entity, word.property).find(word.text) != std::string::npos;
    });
}

// What of an entity the filter, the order and the search look at.
Outcome<Shape> probe_shape(const std::optional<Filter>& filter, const std::vector<OrderKey>& order,
                           bool searches) {
    Shape out;
    out.select.emplace();
    if (filter) {
        out.select->insert(filter->properties().begin(), filter->properties().end());
        if (out.select->contains("singleValueExtendedProperties")) {
            for (const auto& id : filter->id_literals()) {
                auto key = extended_key(id);
                if (!key) return std::unexpected(key.error());
                out.extended_ids.push_back(id);
                out.extended_keys.push_back(std::move(*key));
            }
        }
    }
    for (const auto& key : order) out.select->insert(key.path.front());
    if (searches) out.select->insert({"subject", "body", "from", "toRecipients", "ccRecipients"});
    return out;
}

// GDC user-list-messages: what $orderby names must stand in $filter too, first and in that order.
Outcome<void> check_order_with_filter(const Filter& filter, const std::vector<OrderKey>& order) {
    for (std::size_t at = 0; at < order.size(); ++at) {
        if (at < filter.properties().size() && filter.properties()[at] == order[at].path.front())
            continue;
        return graph_fail(400, "InefficientFilter",
                          "The restriction or sort order is too complex for this operation.");
    }
    return {};
}

struct Selection {
    std::vector<std::size_t> rows;  // of the collection, in order
};

Outcome<Selection> select_rows(const Call& call, const Collection& collection) {
    std::optional<Filter> filter;
    if (call.has("$filter")) {
        auto parsed = Filter::parse(call.option("$filter"), collection.type);
        if (!parsed) return std::unexpected(parsed.error());
        filter = std::move(*parsed);
    }
    auto order = parse_order(call.option("$orderby"), collection.type);
    if (!order) return std::unexpected(order.error());
    std::vector<SearchWord> words;
    if (call.has("$search")) {
        if (collection.type != "message" || filter || !order->empty())
            return graph_fail(400, "SearchWithFilter",
                              "The query parameter '$search' is not supported with these options.");
        auto read = read_search(call.option("$search"));
        if (!read) return std::unexpected(read.error());
        words = std::move(*read);
    }
    if (filter && !order->empty() && collection.type == "message") {
        if (auto ok = check_order_with_filter(*filter, *order); !ok)
            return std::unexpected(ok.error());
    }
    Selection out;
    if (!filter && order->empty() && words.empty()) {
        for (std::size_t row = 0; row < collection.size; ++row) out.rows.push_back(row);
        return out;
    }
    auto probe = probe_shape(filter, *order, !words.empty());
    if (!probe) return std::unexpected(probe.error());
    std::vector<json::object> entities;
    for (std::size_t row = 0; row < collection.size; ++row) {
        json::object entity = collection.render(row, *probe);
        if (filter && !filter->matches(entity)) continue;
        if (!matches_search(entity, words)) continue;
        out.rows.push_back(row);
        entities.push_back(std::move(entity));
    }
    if (order->empty()) return out;
    std::vector<std::size_t> places(out.rows.size());
    for (std::size_t at = 0; at < places.size(); ++at) places[at] = at;
    std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        for (const auto& key : *order) {
            const int difference =
                compare_values(value_at(entities[a], key.path), value_at(entities[b], key.path));
            if (difference != 0) return key.descending ? difference > 0 : difference < 0;
        }
        return a < b;
    });
    Selection sorted;
    for (const std::size_t at : places) sorted.rows.push_back(out.rows[at]);
    return sorted;
}

}  // namespace

Outcome<Shape> read_shape(const Call& call, std::string_view type) {
    Shape out;
    if (call.has("$select")) {
        for (const std::string_view part : split_outside(call.option("$select"), ',')) {
            std::vector<std::string> path;
            path.emplace_back(part.substr(0, part.find('/')));
            if (path[0] == "*") {
                out.select.reset();
                break;
            }
            if (auto ok = check_property(type, path); !ok) return std::unexpected(ok.error());
            if (!out.select) out.select.emplace();
            out.select->insert(path[0]);
        }
    }
    if (call.has("$expand")) {
        if (auto ok = read_expand(call.option("$expand"), type, out); !ok)
            return std::unexpected(ok.error());
    }
    if (out.select) out.select->insert(out.expand.begin(), out.expand.end());
    return out;
}

Outcome<std::optional<std::size_t>> number_option(const Call& call, std::string_view name,
                                                  std::size_t most) {
    if (!call.has(name)) return std::optional<std::size_t>();
    const std::string_view text = call.option(name);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most)
        return graph_fail(400, "BadRequest",
                          "Invalid value '" + std::string(text) + "' for " + std::string(name) +
                              " query option found. The " + std::string(name) +
                              " query option requires a non-negative integer value.");
    return std::optional<std::size_t>(value);
}

Outcome<std::size_t> page_size_of(const Call& call) {
    auto top = number_option(call, "$top", largest_page);
    if (!top) return std::unexpected(top.error());
    if (*top) return std::max<std::size_t>(**top, 1);
    return call.prefer.page_size.value_or(default_page);
}

std::string query_text(const Query& query,
                       std::initializer_list<std::pair<std::string_view, std::string>> changes) {
    Query changed = query;
    for (const auto& [name, value] : changes) {
        if (value.empty()) {
            changed.erase(std::string(name));
        } else {
            changed[std::string(name)] = value;
        }
    }
    std::string out;
    for (const auto& [name, value] : changed) {
        out += out.empty() ? "" : "&";
        const bool dollar = name.starts_with('$');
        out += dollar ? "$" + url_encoded(name.substr(1)) : url_encoded(name);
        out += "=" + url_encoded(value);
    }
    return out;
}

std::string link_url(const Call& call, const std::string& query) {
    std::string_view path = call.path_text;
    if (path.starts_with("/v1.0")) path.remove_prefix(5);
    return call.base_url + std::string(path) + (query.empty() ? "" : "?" + query);
}

Outcome<Reply> list_page(const Call& call, const Collection& collection) {
    if (auto ok = call.allow(
            {"$select", "$filter", "$orderby", "$top", "$skip", "$count", "$expand", "$search"},
            collection.options);
        !ok)
        return std::unexpected(ok.error());
    auto shape = read_shape(call, collection.type);
    if (!shape) return std::unexpected(shape.error());
    auto page = page_size_of(call);
    if (!page) return std::unexpected(page.error());
    auto skip = number_option(call, "$skip", 10'000'000);
    if (!skip) return std::unexpected(skip.error());
    auto selection = select_rows(call, collection);
    if (!selection) return std::unexpected(selection.error());
    const std::size_t first = std::min(skip->value_or(0), selection->rows.size());
    const std::size_t last = std::min(first + *page, selection->rows.size());
    json::object out;
    out["@odata.context"] = call.context_url(collection.context);
    if (call.option("$count") == "true") out["@odata.count"] = selection->rows.size();
    json::array values;
    for (std::size_t at = first; at < last; ++at)
        values.push_back(collection.render(selection->rows[at], *shape));
    out["value"] = std::move(values);
    if (last < selection->rows.size())
        out["@odata.nextLink"] = link_url(
            call, query_text(call.query,
                             {{"$skip", std::to_string(last)}, {"$top", std::to_string(*page)}}));
    return json_reply(std::move(out));
}

Outcome<Reply> count_reply(const Call& call, const Collection& collection) {
    if (auto ok = call.allow({"$filter", "$search"}, collection.options); !ok)
        return std::unexpected(ok.error());
    auto selection = select_rows(call, collection);
    if (!selection) return std::unexpected(selection.error());
    Reply out;
    out.content_type = "text/plain";
    out.bytes = std::to_string(selection->rows.size());
    return out;
}

Outcome<Reply> entity_reply(const Call& call, std::string_view type, std::string_view context,
                            const std::function<json::object(const Shape&)>& render, int status) {
    auto shape = read_shape(call, type);
    if (!shape) return std::unexpected(shape.error());
    json::object out;
    out["@odata.context"] = call.context_url(std::string(context) + "/$entity");
    for (auto& member : render(*shape)) out[member.key()] = std::move(member.value());
    return json_reply(std::move(out), status);
}

}  // namespace liaison::sandbox::graph
