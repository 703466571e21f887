// Golden fixtures: tests/golden/ews/<operation>/<case>/{request,response}.xml and expected.txt.
//
// The encoder must produce request.xml (compared in one canonical format), the decoder must make of
// response.xml what expected.txt says. A run with LIAISON_RECORD_GOLDEN set writes request.xml and
// expected.txt anew: look at the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "connectors/ews/create_folder.hpp"
#include "connectors/ews/create_item.hpp"
#include "connectors/ews/delete_item.hpp"
#include "connectors/ews/find_folder.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/ews/get_item.hpp"
#include "connectors/ews/inbox_rule_xml.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/ews/move_item.hpp"
#include "connectors/ews/sync_folder_hierarchy.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "connectors/ews/update_folder.hpp"
#include "connectors/ews/update_item.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

const MappingContext kGoldenContext{std::string(kProductPropertySet), "Europe/Vienna"};
const std::string kAliceAddress = "alice@example.test";

struct GoldenCase {
    std::string folder;     ///< below tests/golden/ews
    std::string operation;  ///< element name
    std::string request;    ///< what the encoder makes
    std::function<std::string(const SoapReply&)> print;
};
void PrintTo(const GoldenCase& c, std::ostream* out) {
    *out << c.folder;
}

std::string print_error(const Error& error) {
    std::string out = "error: " + std::string(to_string(error.kind)) +
                      "\nmessage: " + error.message + "\nnative_code: " + error.native_code + "\n";
    if (error.retry_after)
        out += "retry_after: " + std::to_string(error.retry_after->count()) + " ms\n";
    return out;
}

std::string print_id(const ItemId& id) {
    return id.id + " " + id.change_key + "\n";
}

template <class T, class Print>
std::string print_result(const Result<T>& result, Print print) {
    return result ? print(*result) : print_error(result.error());
}

template <class T, class Print>
std::string print_list(const Result<std::vector<Result<T>>>& list, Print print) {
    if (!list) return print_error(list.error());
    std::string out;
    for (std::size_t i = 0; i < list->size(); ++i)
        out += "[" + std::to_string(i) + "]\n" + print_result<T>((*list)[i], print);
    return out;
}

std::string print_folder(const FolderInfo& folder) {
    std::string rights;
    for (const auto& [name, has] :
         {std::pair("create", folder.may_create), std::pair("modify", folder.may_modify),
          std::pair("delete", folder.may_delete), std::pair("read", folder.may_read)})
        if (has) rights += std::string(" ") + name;
    return "id: " + folder.id + "\nparent: " + folder.parent_id + "\nname: " + folder.display_name +
           "\nclass: " + folder.folder_class + "\nrights:" + rights + "\n";
}

std::string print_item(EntityKind kind, const XmlNode& item) {
    std::string out = print_id(read_item_id(item));
    if (const CorrelationToken token = read_token(item); !token.empty())
        out += "token: " + token.str() + "\n";
    const ItemContent content = read_item(kind, item, kGoldenContext);
    if (const auto* record = std::get_if<Record>(&content)) return out + print_record(*record);
    const auto& unreadable = std::get<Unreadable>(content);
    return out + "unreadable: " + unreadable.reason_code + " (" + unreadable.detail + ")\n";
}

std::string print_mailbox(const std::optional<MailAddress>& mailbox) {
    return mailbox ? mailbox->name + " <" + mailbox->address + ">" : "none";
}

std::string print_message(const XmlNode& item) {
    const MailMessage mail = read_message(item);
    std::string out =
        "key: " + mail.key.str() + "\nversion: " + mail.version.str() +
        "\nmessage id: " + mail.internet_message_id + "\nin reply to: " + mail.in_reply_to +
        "\nreferences: " + mail.references + "\nconversation: " + mail.conversation_id +
        "\nfrom: " + print_mailbox(mail.from) + "\nsender: " + print_mailbox(mail.sender) + "\n";
    for (const MailAddress& to : mail.to) out += "to: " + print_mailbox(to) + "\n";
    out += "subject: " + mail.subject + "\ntext: " + mail.text_body +
           "\nsent: " + format_timestamp(mail.sent_at.value()) +
           "\nreceived: " + format_timestamp(mail.received_at.value()) +
           "\nclass: " + mail.item_class + "\nimportance: " + mail.importance +
           "\nsensitivity: " + mail.sensitivity + "\ndraft: " + format_bool(mail.is_draft) +
           "\nread: " + format_bool(mail.is_read) + "\nflag: " + mail.flag + "\nsize: " + format_int(mail.size) + "\n";
    for (const std::string& name : mail.categories) out += "category: " + name + "\n";
    for (const AttachmentInfo& a : mail.attachments)
        out += "attachment: " + a.name + ", " + a.content_type + ", " + format_int(a.size) +
               (a.is_inline ? ", inline" : "") + "\n";
    for (const auto& [name, value] : mail.headers) out += "header: " + name + ": " + value + "\n";
    return out + "mark: " + mail.mark + "\n";
}

CorrelationToken golden_token(std::string_view kind) {
    return CorrelationToken{"crm", std::string(kind), "7", "e-1"};
}

Record golden_record(EntityKind kind,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    Record record(kind);
    for (const auto& [name, text] : values) {
        const Field field = parse_field(name).value();
        record.set(field, value_from_text(field, text).value());
    }
    return record;
}

std::vector<PropertyWrite> new_item(const Record& record) {
    auto writes =
        item_writes(record.kind(), patch_of(project_item(record, kGoldenContext)), kGoldenContext);
    put_token(writes, kGoldenContext, golden_token(to_string(record.kind())));
    return writes;
}

std::string update_request(EntityKind kind, std::string id, const Patch& patch) {
    UpdateItemRequest request;
    request.element = kind == EntityKind::Task      ? "Task"
                      : kind == EntityKind::Contact ? "Contact"
                                                    : "CalendarItem";
    request.changes.push_back(
        {ItemId{std::move(id), "K1"}, item_writes(kind, patch, kGoldenContext)});
    return encode_update_item(request);
}

ItemShape shape_for(EntityKind kind) {
    ItemShape shape;
    shape.properties = item_properties(kind, kGoldenContext);
    return shape;
}

std::vector<ItemId> ids_of(std::initializer_list<std::string> ids) {
    std::vector<ItemId> out;
    for (const std::string& id : ids) out.push_back(ItemId{id, {}});
    return out;
}

GoldenCase get_item_case(std::string folder, EntityKind kind,
                         std::initializer_list<std::string> ids) {
    const std::vector<ItemId> asked = ids_of(ids);
    return {std::move(folder), "GetItem", encode_get_item(shape_for(kind), asked),
            [=](const SoapReply& reply) {
                return print_list<XmlNode>(decode_get_item(reply, asked), [=](const XmlNode& item) {
                    return print_item(kind, item);
                });
            }};
}

GoldenCase get_folder_case(std::string folder, std::size_t count) {
    std::vector<FolderRef> asked = {FolderRef::well_known("tasks", kAliceAddress)};
    if (count > 1) asked.push_back(FolderRef::by_id("GONE"));
    return {std::move(folder), "GetFolder", encode_get_folder(asked), [=](const SoapReply& reply) {
                return print_list<FolderInfo>(decode_get_folder(reply, count), print_folder);
            }};
}

GoldenCase create_case(std::string folder, EntityKind kind, std::vector<Record> records) {
    std::vector<std::vector<PropertyWrite>> items;
    for (const Record& record : records) items.push_back(new_item(record));
    const std::string where = kind == EntityKind::Task      ? "tasks"
                              : kind == EntityKind::Contact ? "contacts"
                                                            : "calendar";
    return {std::move(folder), "CreateItem",
            encode_create_item(kind, FolderRef::well_known(where, kAliceAddress), items),
            [=](const SoapReply& reply) {
                return print_list<ItemId>(decode_create_item(reply, items.size()), print_id);
            }};
}

GoldenCase update_case(std::string folder, std::string request) {
    return {std::move(folder), "UpdateItem", std::move(request), [](const SoapReply& reply) {
                return print_list<ItemId>(decode_update_item(reply, 1), print_id);
            }};
}

std::vector<GoldenCase> folder_cases() {
    FindFolderRequest deep;
    deep.parent = FolderRef::well_known("msgfolderroot", kAliceAddress);
    deep.deep = true;
    const auto create = [](const SoapReply& reply) {
        return print_result<std::string>(decode_create_folder(reply),
                                         [](const std::string& id) { return id + "\n"; });
    };
    const std::string create_request =
        encode_create_folder(FolderRef::well_known("inbox", kAliceAddress), "Kunden & <Partner>");
    const auto rename = [](const SoapReply& reply) {
        const auto done = decode_rename_folder(reply);
        return done ? std::string("done\n") : print_error(done.error());
    };
    return {get_folder_case("get_folder/default", 2),
            get_folder_case("get_folder/impersonation_denied", 1),
            get_folder_case("fault/server_busy", 1),
            get_folder_case("fault/schema_violation", 1),
            get_folder_case("fault/inner_busy", 1),
            {"find_folder/deep", "FindFolder", encode_find_folder(deep),
             [=](const SoapReply& reply) {
                 return print_result<FolderPage>(
                     decode_find_folder(reply, deep), [](const FolderPage& page) {
                         std::string out;
                         for (const FolderInfo& folder : page.folders) out += print_folder(folder);
                         return out + "last: " + format_bool(page.is_last) + "\n";
                     });
             }},
            {"sync_folder_hierarchy/changes", "SyncFolderHierarchy",
             encode_sync_folder_hierarchy(FolderRef::well_known("msgfolderroot", kAliceAddress),
                                          "H4sIAAA="),
             [](const SoapReply& reply) {
                 return print_result<FolderHierarchyPage>(
                     decode_sync_folder_hierarchy(reply), [](const FolderHierarchyPage& page) {
                         std::string out;
                         for (const FolderInfo& folder : page.present) out += print_folder(folder);
                         for (const std::string& id : page.gone) out += "gone: " + id + "\n";
                         return out + "state: " + page.sync_state +
                                "\nlast: " + format_bool(page.is_last) + "\n";
                     });
             }},
            {"update_folder/rename", "UpdateFolder",
             encode_rename_folder(FolderRef::by_id("F1"), "Angebote & mehr"), rename},
            {"update_folder/exists", "UpdateFolder",
             encode_rename_folder(FolderRef::by_id("F1"), "Angebote & mehr"), rename},
            {"create_folder/new", "CreateFolder", create_request, create},
            {"create_folder/exists", "CreateFolder", create_request, create}};
}

std::vector<GoldenCase> feed_cases() {
    SyncFolderItemsRequest first;
    first.folder = FolderRef::well_known("tasks", kAliceAddress);
    SyncFolderItemsRequest next = first;
    next.sync_state = "H4sIAAA=";
    const auto print_page = [](const SyncPage& page) {
        std::string out =
            "state: " + page.sync_state + "\nlast: " + format_bool(page.is_last) + "\n";
        for (const ItemChange& change : page.changes) {
            constexpr std::array names = {"create", "update", "delete", "read flag"};
            out += std::string(names[static_cast<std::size_t>(change.kind)]) + ": " +
                   print_id(change.id);
        }
        return out;
    };
    FindItemRequest by_token;
    by_token.folders = {FolderRef::by_id("F1"), FolderRef::by_id("F2")};
    by_token.max = 250;
    by_token.equal_path = PropertyPath::named(kGoldenContext.property_set, kTokenProperty);
    by_token.equal_value = golden_token("task").str();
    FindItemRequest page;
    page.folders = {FolderRef::well_known("contacts", kAliceAddress)};
    page.max = 2;
    const auto print_found = [](const FoundItems& found) {
        std::string out;
        for (const ItemId& id : found.items) out += print_id(id);
        return out + "last: " + format_bool(found.is_last) +
               "\nnext: " + format_int(found.next_offset) + "\n";
    };
    return {{"sync_folder_items/page", "SyncFolderItems", encode_sync_folder_items(first),
             [=](const SoapReply& reply) {
                 return print_result<SyncPage>(decode_sync_folder_items(reply, first), print_page);
             }},
            {"sync_folder_items/expired", "SyncFolderItems", encode_sync_folder_items(next),
             [=](const SoapReply& reply) {
                 return print_result<SyncPage>(decode_sync_folder_items(reply, next), print_page);
             }},
            {"find_item/by_token", "FindItem", encode_find_item(by_token),
             [=](const SoapReply& reply) {
                 return print_list<FoundItems>(decode_find_item(reply, by_token), print_found);
             }},
            {"find_item/page", "FindItem", encode_find_item(page), [=](const SoapReply& reply) {
                 return print_list<FoundItems>(decode_find_item(reply, page), print_found);
             }}};
}

std::vector<GoldenCase> read_cases() {
    const std::vector<ItemId> mail = ids_of({"M1"});
    return {
        get_item_case("get_item/task", EntityKind::Task, {"I1"}),
        get_item_case("get_item/appointment", EntityKind::Appointment, {"I2", "I3", "I4"}),
        get_item_case("get_item/contact", EntityKind::Contact, {"C1", "C2"}),
        get_item_case("get_item/partial_batch", EntityKind::Task, {"I1", "I2", "I3"}),
        get_item_case("get_item/hostile_characters", EntityKind::Task, {"I1"}),
        {"get_item/message", "GetItem", encode_get_item(message_shape(kGoldenContext, true), mail),
         [=](const SoapReply& reply) {
             return print_list<XmlNode>(decode_get_item(reply, mail), print_message);
         }}};
}

std::vector<GoldenCase> create_cases() {
    const Record task = golden_record(EntityKind::Task, {{"subject", "Rückruf & <Angebot>"},
                                                         {"body", "first line\nsecond"},
                                                         {"status", "in_progress"},
                                                         {"percent_complete", "40"},
                                                         {"priority", "high"},
                                                         {"start_date", "2027-03-01"},
                                                         {"due_date", "2027-03-05"},
                                                         {"is_private", "true"},
                                                         {"reminder_at", "2027-03-05T08:00:00Z"},
                                                         {"time_worked_minutes", "90"},
                                                         {"distance", "42 km"},
                                                         {"categories", "Kunde;Wichtig"},
                                                         {"state_category", "planned"}});
    const Record visit = golden_record(EntityKind::Appointment,
                                       {{"subject", "Besuch"},
                                        {"start", "2027-07-01T09:00:00 Europe/Vienna"},
                                        {"end", "2027-07-01T10:30:00 Europe/Vienna"},
                                        {"location", "Wien"},
                                        {"show_as", "tentative"},
                                        {"reminder_minutes", "0"},
                                        {"ical_uid", "uid-7@crm.test"},
                                        {"attendees",
                                         "Bob <bob@example.test> required none; c@customer.test; "
                                         "Room <room@example.test> resource none"}});
    const Record fair = golden_record(EntityKind::Appointment, {{"subject", "Messe"},
                                                                {"all_day", "true"},
                                                                {"start", "2027-03-01T00:00:00"},
                                                                {"end", "2027-03-03T00:00:00"}});
    const Record person =
        golden_record(EntityKind::Contact, {{"given_name", "Jane"},
                                            {"middle_name", "M."},
                                            {"family_name", "Doe"},
                                            {"salutation", "Dr."},
                                            {"initials", "J.D."},
                                            {"company_name", "Example"},
                                            {"job_title", "Buyer"},
                                            {"department", "Purchase"},
                                            {"email1", "jane@example.test"},
                                            {"email2", "j2@example.test"},
                                            {"phone_business", "+41 1"},
                                            {"phone_mobile", "+41 2"},
                                            {"phone_home", "+41 3"},
                                            {"fax", "+41 4"},
                                            {"url", "www.example.test/a b"},
                                            {"business_street", "Main 1\nFloor 2"},
                                            {"business_city", "Bern"},
                                            {"business_postal_code", "3000"},
                                            {"business_country", "CH"},
                                            {"other_city", "Wien"},
                                            {"birthday", "1980-02-29"},
                                            {"notes", "met at the fair"},
                                            {"categories", "VIP"}});
    return {create_case("create_item/task", EntityKind::Task,
                        {task, golden_record(EntityKind::Task, {{"subject", "second"}})}),
            create_case("create_item/appointment", EntityKind::Appointment, {visit, fair}),
            create_case("create_item/contact", EntityKind::Contact, {person})};
}

std::vector<GoldenCase> update_cases() {
    const Patch task{{Field::Status, Value(std::string("completed"))},
                     {Field::TimeWorkedMinutes, Value(std::int64_t{30})},
                     {Field::DueDate, std::nullopt},
                     {Field::ReminderAt, std::nullopt},
                     {Field::StateCategory, Value(std::string("done"))},
                     {Field::Categories, Value(TextList{"Kunde"})}};
    const Patch contact{{Field::Email2, Value(std::string("new@example.test"))},
                        {Field::Email3, std::nullopt},
                        {Field::BusinessCity, Value(std::string("Genf"))},
                        {Field::OtherCity, std::nullopt},
                        {Field::FamilyName, Value(std::string("Doe-Roe"))},
                        {Field::GivenName, Value(std::string("Jane"))},
                        {Field::DisplayName, Value(std::string("Jane Doe-Roe"))},
                        {Field::Salutation, std::nullopt}};
    const Patch times{
        {Field::Start, Value(ZonedTime{*parse_wall("2027-12-01T09:00:00"), "America/New_York"})},
        {Field::End, Value(ZonedTime{*parse_wall("2027-12-01T10:00:00"), "America/New_York"})},
        {Field::AllDay, std::nullopt}};
    const std::vector<ItemId> gone = {ItemId{"I1", "K1"}, ItemId{"I2", "K2"}};
    return {
        update_case("update_item/task", update_request(EntityKind::Task, "I1", task)),
        update_case("update_item/conflict", update_request(EntityKind::Task, "I1", task)),
        update_case("update_item/contact_slots",
                    update_request(EntityKind::Contact, "C1", contact)),
        update_case("update_item/appointment_times",
                    update_request(EntityKind::Appointment, "I2", times)),
        {"delete_item/batch", "DeleteItem", encode_delete_item(gone),
         [](const SoapReply& reply) {
             const auto results = decode_delete_item(reply, 2);
             if (!results) return print_error(results.error());
             std::string out;
             for (const Result<void>& result : *results)
                 out += result ? "done\n" : print_error(result.error());
             return out;
         }},
        {"copy_item/new_id", "CopyItem", encode_copy_item(ItemId{"M1", {}}, FolderRef::by_id("F2")),
         [](const SoapReply& reply) {
             return print_result<ItemId>(decode_move_item(reply), print_id);
         }},
        {"move_item/new_id", "MoveItem", encode_move_item(ItemId{"M1", {}}, FolderRef::by_id("F2")),
         [](const SoapReply& reply) {
             return print_result<ItemId>(decode_move_item(reply), print_id);
         }}};
}

std::string print_predicates(const InboxPredicates& p) {
    std::string out;
    for (const auto& [name, values] : p.lists) {
        out += "  " + name + ":";
        for (const std::string& value : values) out += " " + value + ";";
        out += "\n";
    }
    for (const auto& [name, flag] : p.flags) out += "  " + name + ": " + format_bool(flag) + "\n";
    if (p.importance) out += "  importance: " + *p.importance + "\n";
    if (p.sensitivity) out += "  sensitivity: " + *p.sensitivity + "\n";
    if (p.size)
        out += "  size: " + format_int(p.size->minimum_kb) + " to " +
               format_int(p.size->maximum_kb) + "\n";
    for (const std::string& name : p.foreign) out += "  foreign: " + name + "\n";
    return out;
}

std::string print_rules(const InboxRuleList& list) {
    std::string out = "outlook rules: " + format_bool(list.outlook_rules) + "\n";
    for (const InboxRule& rule : list.rules) {
        out += "rule " + rule.id + ": " + rule.display_name + ", priority " +
               format_int(rule.priority) + (rule.enabled ? "" : ", off") +
               (rule.supported ? "" : ", not supported") + (rule.in_error ? ", in error" : "") +
               "\n conditions\n" + print_predicates(rule.conditions) + " exceptions\n" +
               print_predicates(rule.exceptions) + " actions: move " + rule.actions.move_to.str() +
               ", copy " + rule.actions.copy_to.str() + ", importance " +
               rule.actions.mark_importance.value_or("-") + (rule.actions.mark_as_read ? ", read" : "") +
               (rule.actions.stop_processing ? ", stop" : "");
        for (const std::string& name : rule.actions.assign_categories) out += ", category " + name;
        for (const std::string& name : rule.actions.foreign) out += ", foreign " + name;
        out += "\n";
    }
    return out;
}

std::vector<GoldenCase> rule_cases() {
    InboxRule rule;
    rule.id = "R1";
    rule.display_name = "Liaison: Offers [01234567-89abcdef]";
    rule.priority = 3;
    rule.conditions.lists["subjectContains"] = {"offer", "r&d"};
    rule.conditions.lists["fromAddresses"] = {"zoe@customer.test"};
    rule.conditions.flags["hasAttachments"] = true;
    rule.conditions.importance = "high";
    rule.conditions.size = InboxPredicates::SizeRange{1, 100};
    rule.exceptions.flags["isMeetingRequest"] = true;
    rule.exceptions.sensitivity = "private";
    rule.actions.move_to = FolderId("F1");
    rule.actions.copy_to = FolderId("F2");
    rule.actions.assign_categories = {"Offer"};
    rule.actions.mark_importance = "low";
    rule.actions.mark_as_read = true;
    rule.actions.stop_processing = true;
    InboxRuleChange change;
    change.replace.push_back(rule);
    rule.priority = 4;
    rule.conditions = {};
    rule.exceptions = {};
    change.create.push_back(rule);
    change.remove = {"R9"};
    InboxRuleChange consenting = change;
    consenting.remove_outlook_rules = true;
    const auto update = [](const SoapReply& reply) {
        const auto done = decode_update_inbox_rules(reply);
        return done ? std::string("done\n") : print_error(done.error());
    };
    return {{"get_inbox_rules/some", "GetInboxRules", encode_get_inbox_rules(kAliceAddress),
             [](const SoapReply& reply) {
                 return print_result<InboxRuleList>(decode_get_inbox_rules(reply), print_rules);
             }},
            {"update_inbox_rules/done", "UpdateInboxRules",
             encode_update_inbox_rules(kAliceAddress, change), update},
            {"update_inbox_rules/outlook_blob", "UpdateInboxRules",
             encode_update_inbox_rules({}, change), update},
            {"update_inbox_rules/refused", "UpdateInboxRules",
             encode_update_inbox_rules(kAliceAddress, consenting), update}};
}

std::vector<GoldenCase> golden_cases() {
    std::vector<GoldenCase> all;
    for (const auto& part :
         {folder_cases(), feed_cases(), read_cases(), create_cases(), update_cases(), rule_cases()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::string decoded(const GoldenCase& c) {
    const bool fault = c.folder.starts_with("fault/") && c.folder != "fault/inner_busy";
    const std::string bytes = read_file(golden_folder() / c.folder / "response.xml");
    const auto reply = parse_envelope(bytes, c.operation, fault);
    return reply ? c.print(*reply) : print_error(reply.error());
}

class EwsGolden : public testing::TestWithParam<GoldenCase> {};

}  // namespace

TEST_P(EwsGolden, TheRequestIsWrittenAndTheResponseIsRead) {
    const GoldenCase& c = GetParam();
    const std::filesystem::path folder = golden_folder() / c.folder;
    const std::string request = canonical_xml(with_namespaces(c.request));
    const std::string value = decoded(c);
    if (std::getenv("LIAISON_RECORD_GOLDEN")) {
        std::ofstream(folder / "request.xml", std::ios::binary) << request;
        std::ofstream(folder / "expected.txt", std::ios::binary) << value;
        GTEST_SKIP() << "recorded";
    }
    EXPECT_EQ(request, read_file(folder / "request.xml"));
    EXPECT_EQ(value, read_file(folder / "expected.txt"));
    EXPECT_FALSE(value.empty());
}

INSTANTIATE_TEST_SUITE_P(Cases, EwsGolden, testing::ValuesIn(golden_cases()),
                         [](const auto& about) {
                             std::string name = about.param.folder;
                             std::replace(name.begin(), name.end(), '/', '_');
                             return name;
                         });

TEST(EwsGoldenFolder, EveryFixtureHasACase) {
    std::set<std::string> known;
    for (const GoldenCase& c : golden_cases())
        EXPECT_TRUE(known.insert(c.folder).second) << c.folder;
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(golden_folder())) {
        if (entry.path().filename() != "response.xml") continue;
        ++found;
        const auto folder =
            std::filesystem::relative(entry.path().parent_path(), golden_folder()).generic_string();
        EXPECT_TRUE(known.contains(folder)) << folder;
    }
    EXPECT_EQ(found, known.size());
}

TEST(EwsSchema, EveryGoldenRequestIsValid) {
    if (schema_folder().empty()) GTEST_SKIP() << "no schema beside the checkout";
    std::vector<std::string> bodies;
    for (const GoldenCase& c : golden_cases()) bodies.push_back(c.request);
    EXPECT_EQ(schema_complaints(bodies), "");
    // The validator bites.
    EXPECT_NE(schema_complaints({"<m:GetItem><m:ItemIds/></m:GetItem>"}), "");
}

}  // namespace liaison::ews
