#include "tests/sandbox/graph_csdl.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <pugixml.hpp>
#include <regex>

namespace liaison::sandbox {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string csdl_short(std::string name) {
    for (const std::string_view prefix : {"microsoft.graph.", "graph.", "Edm."}) {
        if (name.starts_with(prefix)) return name.substr(prefix.size());
    }
    return name;
}

fs::path csdl_file() {
    const char* elsewhere = std::getenv("LIAISON_SHARED_DATA");
    const fs::path data = elsewhere != nullptr ? fs::path(elsewhere)
                                               : fs::path(LIAISON_SOURCE_DIR) / "../shared/data";
    return data / "graph-schema" / "graph-v1.0-outlook-subset.csdl.xml";
}

bool primitive_fits(const std::string& type, const json::value& value) {
    static const std::regex offset(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d))");
    static const std::regex date(R"(\d{4}-\d\d-\d\d)");
    static const std::regex base64(R"([A-Za-z0-9+/]*={0,2})");
    if (type == "Boolean") return value.is_bool();
    if (type == "Int32" || type == "Int64") return value.is_int64() || value.is_uint64();
    if (type == "Double") return value.is_number();
    if (!value.is_string()) return false;
    const std::string text(value.get_string());
    if (type == "DateTimeOffset") return std::regex_match(text, offset);
    if (type == "Date") return std::regex_match(text, date);
    if (type == "Binary") return text.size() < 5'000 ? std::regex_match(text, base64) : true;
    return true;
}

// The entity behind the last name of a context ("users('x')/events/$entity").
std::string type_of_context(std::string context) {
    static const std::map<std::string, std::string> names{{"events", "event"},
                                                          {"calendarView", "event"},
                                                          {"instances", "event"},
                                                          {"calendars", "calendar"},
                                                          {"contacts", "contact"},
                                                          {"contactFolders", "contactFolder"},
                                                          {"messages", "message"},
                                                          {"mailFolders", "mailFolder"},
                                                          {"childFolders", "mailFolder"},
                                                          {"messageRules", "messageRule"},
                                                          {"lists", "todoTaskList"},
                                                          {"tasks", "todoTask"},
                                                          {"linkedResources", "linkedResource"},
                                                          {"checklistItems", "checklistItem"},
                                                          {"attachments", "fileAttachment"},
                                                          {"users", "user"},
                                                          {"mailboxSettings", "mailboxSettings"},
                                                          {"masterCategories", "outlookCategory"},
                                                          {"subscriptions", "subscription"}};
    const std::size_t hash = context.find('#');
    if (hash == std::string::npos) return {};
    context = context.substr(hash + 1);
    if (context.starts_with("Collection("))
        return csdl_short(context.substr(11, context.size() - 12));
    if (context.starts_with("microsoft.graph.")) return csdl_short(context);
    constexpr std::string_view entity = "/$entity";
    if (context.ends_with(entity)) context.resize(context.size() - entity.size());
    std::string last;
    std::string word;
    bool quoted = false;
    for (const char c : context + "/") {
        if (c == '\'') quoted = !quoted;
        if (c == '/' && !quoted) {
            last = word.substr(0, word.find('('));
            word.clear();
        } else {
            word += c;
        }
    }
    const auto found = names.find(last);
    return found == names.end() ? std::string() : found->second;
}

}  // namespace

std::vector<json::object>& recorded_graph_replies() {
    static std::vector<json::object> replies;
    return replies;
}

const GraphCsdl* GraphCsdl::instance() {
    static const GraphCsdl* const loaded = load();
    return loaded;
}

const GraphCsdl* GraphCsdl::load() {
    pugi::xml_document document;
    if (!document.load_file(csdl_file().c_str())) return nullptr;
    static GraphCsdl out;
    for (const pugi::xpath_node found :
         document.select_nodes("//*[local-name()='EntityType' or local-name()='ComplexType' or "
                               "local-name()='EnumType']")) {
        const pugi::xml_node node = found.node();
        Type type;
        type.base = csdl_short(node.attribute("BaseType").value());
        type.is_enum = std::string_view(node.name()).ends_with("EnumType");
        for (const pugi::xml_node child : node.children()) {
            const std::string_view kind = child.name();
            if (kind == "Member") type.members.insert(child.attribute("Name").value());
            if (kind != "Property" && kind != "NavigationProperty") continue;
            Property property;
            std::string name = child.attribute("Type").value();
            property.collection = name.starts_with("Collection(");
            if (property.collection) name = name.substr(11, name.size() - 12);
            property.type = csdl_short(name);
            property.navigation = kind == "NavigationProperty";
            property.nullable = child.attribute("Nullable").as_bool(true);
            type.properties[child.attribute("Name").value()] = property;
        }
        out.types_[node.attribute("Name").value()] = std::move(type);
    }
    return &out;
}

const GraphCsdl::Property* GraphCsdl::find(std::string_view type, std::string_view property) const {
    for (auto at = types_.find(type); at != types_.end(); at = types_.find(at->second.base)) {
        const auto found = at->second.properties.find(property);
        if (found != at->second.properties.end()) return &found->second;
    }
    return nullptr;
}

void GraphCsdl::check_value(const Property& property, const json::value& value,
                            const std::string& where, std::vector<std::string>& out) const {
    if (value.is_null()) {
        if (!property.nullable) out.push_back(where + ": null");
        return;
    }
    const auto type = types_.find(property.type);
    if (type == types_.end()) {
        if (!primitive_fits(property.type, value))
            out.push_back(where + ": " + json::serialize(value) + " is no " + property.type);
    } else if (type->second.is_enum) {
        if (!value.is_string() || !type->second.members.contains(value.get_string()))
            out.push_back(where + ": " + json::serialize(value) + " is no " + property.type);
    } else if (!value.is_object()) {
        out.push_back(where + ": no object");
    } else {
        check_object(property.type, value.get_object(), where, out);
    }
}

void GraphCsdl::check_object(std::string_view type, const json::object& value,
                             const std::string& where, std::vector<std::string>& out) const {
    std::string actual(type);
    if (const json::value* named = value.if_contains("@odata.type")) {
        std::string given(named->as_string());
        if (given.starts_with('#')) given.erase(0, 1);
        actual = csdl_short(given);
        if (!types_.contains(actual)) out.push_back(where + ": no type " + actual);
    }
    for (const auto& member : value) {
        const std::string name(member.key());
        if (name.find('@') != std::string::npos) continue;
        const std::string place = where + "/" + name;
        const Property* property = find(actual, name);
        if (property == nullptr) {
            out.push_back(place + ": not in " + actual);
        } else if (!property->collection) {
            check_value(*property, member.value(), place, out);
        } else if (!member.value().is_array()) {
            out.push_back(place + ": no collection");
        } else {
            for (const json::value& one : member.value().get_array())
                check_value(*property, one, place, out);
        }
    }
}

std::vector<std::string> GraphCsdl::check(std::string_view type, const json::object& value) const {
    std::vector<std::string> out;
    if (!types_.contains(type)) return {"no type " + std::string(type)};
    check_object(type, value, std::string(type), out);
    return out;
}

std::optional<std::vector<std::string>> GraphCsdl::check_reply(const json::object& reply) const {
    const json::value* context = reply.if_contains("@odata.context");
    if (context == nullptr || !context->is_string()) return std::nullopt;
    const std::string type = type_of_context(std::string(context->get_string()));
    if (!types_.contains(type)) return std::nullopt;
    const json::value* list = reply.if_contains("value");
    if (list == nullptr || !list->is_array()) return check(type, reply);
    std::vector<std::string> out;
    for (const json::value& one : list->get_array()) {
        const auto more = check(type, one.as_object());
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

namespace {

// After a run of many tests in one process, all that the face answered is checked.
class CheckGraphReplies : public ::testing::Environment {
public:
    void TearDown() override {
        if (::testing::UnitTest::GetInstance()->test_to_run_count() < 10 ||
            recorded_graph_replies().empty())
            return;
        const GraphCsdl* csdl = GraphCsdl::instance();
        if (csdl == nullptr) {
            std::cout << "check of recorded Graph replies skipped: no metadata here\n";
            return;
        }
        std::size_t checked = 0;
        for (const json::object& reply : recorded_graph_replies()) {
            const auto faults = csdl->check_reply(reply);
            if (!faults) continue;
            ++checked;
            for (const auto& fault : *faults)
                ADD_FAILURE() << fault << "\n" << json::serialize(reply).substr(0, 400);
        }
        std::cout << checked << " Graph replies checked against Microsoft's metadata\n";
    }
};

const auto* const check_graph_replies = ::testing::AddGlobalTestEnvironment(new CheckGraphReplies);

TEST(GraphCsdl, TheCheckBites) {
    const GraphCsdl* csdl = GraphCsdl::instance();
    if (csdl == nullptr) GTEST_SKIP() << "no ../shared/data here";
    EXPECT_NE(check_graph_replies, nullptr);
    EXPECT_EQ(csdl->check("event", json::object{{"subject", "x"}, {"showAs", "busy"}}).size(), 0u);
    EXPECT_EQ(csdl->check("event", json::object{{"showAs", "Busy"}}).size(), 1u);
    EXPECT_EQ(csdl->check("event", json::object{{"nope", 1}}).size(), 1u);
    EXPECT_EQ(csdl->check("event", json::object{{"isAllDay", "true"}}).size(), 1u);
    EXPECT_EQ(csdl->check("event", json::object{{"createdDateTime", "2027-01-01"}}).size(), 1u);
    EXPECT_EQ(csdl->check("event", json::object{{"body", json::object{{"text", "x"}}}}).size(), 1u);
}

}  // namespace
}  // namespace liaison::sandbox
