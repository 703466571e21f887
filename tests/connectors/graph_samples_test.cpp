// Samples that others published (beside the checkout, where they exist): every valid body of a
// resource or operation that Liaison uses is read without loss of a mapped field; the broken ones
// are refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "connectors/graph/error_codes.hpp"
#include "connectors/graph/event.hpp"
#include "connectors/graph/item_mapping.hpp"
#include "connectors/graph/message.hpp"
#include "connectors/graph/todo_task.hpp"
#include "connectors/zones.hpp"
#include "core/text.hpp"
#include "tests/connectors/graph_support.hpp"

namespace liaison::graph {

namespace {

const MappingContext kSampleContext{std::string(kProductPropertySet), "Europe/Vienna"};

struct GraphSample {
    std::string path;
    bool is_valid = false;
};

std::filesystem::path graph_samples_folder() {
    static const std::filesystem::path folder = [] {
        for (const char* up : {"../shared/data", "../../shared/data"}) {
            const auto archive =
                std::filesystem::path(LIAISON_SOURCE_DIR) / up / "graph-samples.tar.zst";
            if (!std::filesystem::exists(archive)) continue;
            const auto target = std::filesystem::path(LIAISON_BINARY_DIR) / "graph-samples-unpacked";
            std::filesystem::create_directories(target);
            const std::string command =
                "tar --zstd -xf '" + archive.string() + "' -C '" + target.string() + "'";
            if (std::system(command.c_str()) != 0) return std::filesystem::path();
            for (const auto& entry : std::filesystem::recursive_directory_iterator(target))
                if (entry.path().filename() == "INDEX.tsv") return entry.path().parent_path();
        }
        return std::filesystem::path();
    }();
    return folder;
}

std::vector<GraphSample> graph_samples() {
    std::vector<GraphSample> out;
    std::istringstream index(ews::read_file(graph_samples_folder() / "INDEX.tsv"));
    std::string line;
    std::getline(index, line);
    while (std::getline(index, line)) {
        const std::vector<std::string> columns = split(line, '\t');
        if (columns.size() >= 3 && columns[2].starts_with("json"))
            out.push_back({columns[0], columns[2] == "json-ok"});
    }
    return out;
}

/// The JSON of a file: all of it, or what stands behind the HTTP head.
std::string sample_body(const std::string& path) {
    std::string text = ews::read_file(graph_samples_folder() / path);
    if (path.ends_with(".json")) return text;
    for (const char* gap : {"\r\n\r\n", "\n\n"})
        if (const std::size_t at = text.find(gap); at != std::string::npos)
            return text.substr(at + std::string_view(gap).size());
    // One block forgot the blank line.
    const std::size_t start = text.find("\n{");
    return start == std::string::npos ? std::string() : text.substr(start);
}

/// Which of our readers a sample is for, by the page that it comes from.
std::string resource_of(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    const std::pair<const char*, const char*> pages[] = {
        {"calendar-post-events", "event"},   {"delta-query-events", "event"},
        {"event-delta", "event"},            {"event-list-instances", "event"},
        {"event-update", "event"},           {"user-list-calendarview", "event"},
        {"user-post-events", "event"},       {"outlook-create-event-in-shared", "event"},
        {"known-issues__07", "event"},
        {"contact-", "contact"},             {"contactfolder-list-contacts", "contact"},
        {"contactfolder-post-contacts", "contact"},
        {"todotask-", "task"},               {"todotasklist-list-tasks", "task"},
        {"message-", "message"},             {"mailfolder-list-messages", "message"},
        {"mailfolder-post-messages", "message"}, {"eventmessage-", "message"},
        {"RetrieveEmail", "message"},        {"singlevaluelegacyextendedproperty-get", "message"},
        {"mailfolder-get", "folder"},        {"mailfolder-post-childfolders", "folder"},
        {"user-list-mailfolders", "folder"}, {"throttling", "error"},
        {"json-batching", "batch"},
    };
    for (const auto& [prefix, resource] : pages)
        if (name.starts_with(prefix)) return resource;
    return {};
}

/// The entities in a body: one, or the elements of a collection.
std::vector<const JsonObject*> entities_in(const JsonValue& body) {
    std::vector<const JsonObject*> out;
    if (!values_of(body).empty())
        for (const JsonValue& value : values_of(body)) out.push_back(&object_in(value));
    else if (body.is_object() && !body.get_object().contains("value"))
        out.push_back(&body.get_object());
    return out;
}

/// True if a property says something that a field must show.
bool says_something(const JsonObject& entity, std::string_view name) {
    const JsonValue* value = entity.if_contains(name);
    if (!value || value->is_null()) return false;
    if (const auto* text = value->if_string()) return !trim(std::string_view(*text)).empty();
    if (const auto* list = value->if_array()) return !list->empty();
    if (const auto* object = value->if_object()) return !object->empty();
    if (const bool* flag = value->if_bool()) return *flag;
    return true;
}

struct FieldOfProperty {
    const char* property;
    Field field;
};

/// Mapped properties whose value must show in the record.
std::vector<FieldOfProperty> must_show(EntityKind kind) {
    switch (kind) {
        case EntityKind::Appointment:
            return {{"subject", Field::Subject}, {"start", Field::Start}, {"end", Field::End},
                    {"isAllDay", Field::AllDay}, {"showAs", Field::ShowAs}, {"iCalUId", Field::ICalUid},
                    {"importance", Field::Priority}, {"isCancelled", Field::Status}};
        case EntityKind::Contact:
            return {{"displayName", Field::DisplayName}, {"givenName", Field::GivenName},
                    {"initials", Field::Initials}, {"middleName", Field::MiddleName},
                    {"surname", Field::FamilyName}, {"title", Field::Salutation},
                    {"companyName", Field::CompanyName}, {"department", Field::Department},
                    {"jobTitle", Field::JobTitle}, {"mobilePhone", Field::PhoneMobile},
                    {"businessPhones", Field::PhoneBusiness}, {"homePhones", Field::PhoneHome},
                    {"businessHomePage", Field::Url}, {"emailAddresses", Field::Email1},
                    {"birthday", Field::Birthday}, {"personalNotes", Field::Notes}};
        case EntityKind::Task:
            return {{"title", Field::Subject}, {"status", Field::Status}, {"importance", Field::Priority},
                    {"dueDateTime", Field::DueDate}, {"startDateTime", Field::StartDate},
                    {"completedDateTime", Field::CompletedOn}, {"categories", Field::Categories}};
    }
    return {};
}

/// The documentation's way to write "some value here".
/// The documentation writes "{subject}" or "subject-value" where a value would stand.
bool is_placeholder(const JsonObject& entity, std::string_view name) {
    const std::string text = boost::json::serialize(*entity.if_contains(name));
    return text.find("-value") != std::string::npos || text.starts_with("\"{");
}

void check_item(EntityKind kind, const JsonObject& entity, const std::string& path) {
    const ItemContent content = read_entity(kind, entity, kSampleContext);
    if (const auto* why = std::get_if<Unreadable>(&content)) {
        // Series are parked; updates and requests without a start are no whole events.
        const bool is_part = !entity.contains("start") || why->reason_code == "series" ||
                             is_placeholder(entity, "start");
        EXPECT_TRUE(is_part) << path << ": " << why->reason_code << " " << why->detail;
        return;
    }
    const auto& record = std::get<Record>(content);
    for (const FieldOfProperty& about : must_show(kind)) {
        if (!says_something(entity, about.property) || is_placeholder(entity, about.property)) continue;
        EXPECT_TRUE(record.find(about.field)) << path << " loses " << about.property;
    }
    const Record once = project_record(record, kSampleContext);
    EXPECT_EQ(project_record(once, kSampleContext), once) << path;
}

void check_mail(const JsonObject& entity, const std::string& path) {
    const auto mail = read_message(entity, kSampleContext, true);
    ASSERT_TRUE(mail) << path;
    const auto shows = [&](const char* property, bool shown) {
        if (says_something(entity, property) && !is_placeholder(entity, property))
            EXPECT_TRUE(shown) << path << " loses " << property;
    };
    shows("subject", !mail->subject.empty());
    shows("internetMessageId", !mail->internet_message_id.empty());
    shows("from", mail->from.has_value());
    shows("sender", mail->sender.has_value());
    shows("toRecipients", !mail->to.empty());
    shows("ccRecipients", !mail->cc.empty());
    shows("sentDateTime", mail->sent_at.has_value());
    shows("receivedDateTime", mail->received_at.has_value());
    shows("internetMessageHeaders", !mail->headers.empty());
    shows("attachments", !mail->attachments.empty());
    shows("conversationId", !mail->conversation_id.empty());
    shows("categories", !mail->categories.empty());
    shows("isRead", mail->is_read);
    shows("isDraft", mail->is_draft);
}

}  // namespace

TEST(GraphSamples, EveryValidOneOfAResourceThatWeUseIsReadWithoutLoss) {
    if (graph_samples_folder().empty()) GTEST_SKIP() << "no samples beside the checkout";
    std::map<std::string, int> read;
    for (const GraphSample& sample : graph_samples()) {
        const std::string resource = resource_of(sample.path);
        const auto body = parse_json(sample_body(sample.path));
        if (!sample.is_valid) {
            EXPECT_FALSE(body) << sample.path << " is no JSON";
            continue;
        }
        ASSERT_TRUE(body) << sample.path << ": " << body.error().message;
        if (resource.empty()) continue;
        for (const JsonObject* entity : entities_in(*body)) {
            if (entity->contains("@removed")) continue;
            ++read[resource];
            if (resource == "event") check_item(EntityKind::Appointment, *entity, sample.path);
            if (resource == "contact") check_item(EntityKind::Contact, *entity, sample.path);
            if (resource == "task") check_item(EntityKind::Task, *entity, sample.path);
            if (resource == "message") check_mail(*entity, sample.path);
            if (resource == "folder") EXPECT_TRUE(says_something(*entity, "displayName")) << sample.path;
            if (resource == "error")
                EXPECT_EQ(reply_error(429, HttpFields(), *body, false, Timestamp{}).kind, ErrorKind::Throttled);
        }
    }
    // What is there, so that a change of the samples or of resource_of does not go unseen.
    EXPECT_GE(read["event"], 30);
    EXPECT_GE(read["contact"], 5);
    EXPECT_GE(read["task"], 4);
    EXPECT_GE(read["message"], 15);
    EXPECT_GE(read["folder"], 5);
    EXPECT_GE(read["error"], 1);
}

}  // namespace liaison::graph
