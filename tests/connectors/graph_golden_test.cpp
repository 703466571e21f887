// Golden fixtures: tests/golden/graph/<operation>/<case>/{replies.json,requests.txt,expected.txt}.
//
// The operation runs against the replies; the requests that it sends must be requests.txt, what it
// answers must be expected.txt. A run with LIAISON_RECORD_GOLDEN set writes both anew: look at the
// difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "connectors/graph/graph_connector.hpp"
#include "connectors/graph/json.hpp"
#include "tests/connectors/graph_support.hpp"

namespace liaison::graph {

namespace {

struct GraphCase {
    std::string folder;
    std::function<std::string(GraphDialogue&)> run;
};
void PrintTo(const GraphCase& c, std::ostream* out) {
    *out << c.folder;
}

std::string print_problem(const Error& error) {
    std::string out = "error: " + std::string(to_string(error.kind)) + " " + error.native_code + "\n  " +
                      error.message + "\n";
    if (error.retry_after) out += "  retry after " + std::to_string(error.retry_after->count()) + " ms\n";
    return out;
}

std::string print_seen(const Result<Observation>& seen) {
    if (!seen) return print_problem(seen.error());
    std::string out = seen->key.str() + " " + seen->version.str();
    if (seen->modified_at != Timestamp{}) out += " " + format_timestamp(seen->modified_at);
    if (!seen->token.empty()) out += " token " + seen->token.str();
    out += "\n";
    if (const Record* record = seen->record()) out += ews::print_record(*record);
    if (const auto* gone = std::get_if<Tombstone>(&seen->content))
        out += gone->confirmed ? "gone\n" : "gone, not confirmed\n";
    if (const auto* bad = std::get_if<Unreadable>(&seen->content))
        out += "unreadable: " + bad->reason_code + ", " + bad->detail + "\n";
    return out;
}

template <class T, class Print>
std::string print_each(const std::vector<T>& list, Print print) {
    std::string out;
    for (std::size_t i = 0; i < list.size(); ++i) out += "[" + std::to_string(i) + "]\n" + print(list[i]);
    return out;
}

CollectionId collection_of(EntityKind kind) {
    return CollectionId(std::string(to_string(kind)) + ":alice@example.test");
}

GraphCase get_items(std::string name, EntityKind kind, std::vector<std::string> keys) {
    return {"get_items/" + name, [=](GraphDialogue& with) {
                std::vector<ItemKey> asked;
                for (const std::string& key : keys) asked.emplace_back(key);
                return print_each(with.run(with.endpoint().get_items(collection_of(kind), asked)), print_seen);
            }};
}

Record golden_record(EntityKind kind) {
    Record record(kind);
    record.set(Field::Subject, std::string("Visit \"Müller\""));
    if (kind == EntityKind::Contact) {
        record.erase(Field::Subject);
        record.set(Field::GivenName, std::string("Zoë"));
        record.set(Field::FamilyName, std::string("Müller"));
        record.set(Field::Email2, std::string("zoe@example.test"));
        record.set(Field::Fax, std::string("+43 9"));
        record.set(Field::IsPrivate, true);
        record.set(Field::BusinessCity, std::string("Wien"));
        record.set(Field::Birthday, *parse_date("1980-02-29"));
        record.set(Field::Notes, std::string("first\nsecond"));
    }
    if (kind == EntityKind::Task) {
        record.set(Field::Status, std::string("canceled"));
        record.set(Field::DueDate, *parse_date("2027-03-28"));
        record.set(Field::ReminderAt, *parse_timestamp("2027-03-27T07:30:00Z"));
        record.set(Field::PercentComplete, std::int64_t{50});
        record.set(Field::StateCategory, std::string("done"));
    }
    if (kind == EntityKind::Appointment) {
        record.set(Field::Start, ZonedTime{*parse_wall("2027-07-01T09:00:00"), "Europe/Vienna"});
        record.set(Field::End, ZonedTime{*parse_wall("2027-07-01T04:00:00"), "America/New_York"});
        record.set(Field::Location, std::string("Room 1"));
        record.set(Field::Categories, TextList{"Red"});
        record.set(Field::StateCategory, std::string("planned"));
        record.set(Field::Attendees, AttendeeList{{"guest@customer.test", "Guest", "required", "none"}});
    }
    return record;
}

GraphCase create_items(std::string name, EntityKind kind, int count) {
    return {"create_items/" + name, [=](GraphDialogue& with) {
                std::vector<SyncEndpoint::NewItem> items;
                for (int n = 0; n < count; ++n)
                    items.push_back({golden_record(kind),
                                     CorrelationToken{"crm", std::string(to_string(kind)),
                                                      std::to_string(n + 7), "e-1"}});
                return print_each(with.run(with.endpoint().create_items(collection_of(kind), items)), print_seen);
            }};
}

struct Change {
    std::string key, version;
    Patch patch;
    std::optional<CorrelationToken> stamp = {};
};

GraphCase update_items(std::string name, EntityKind kind, std::vector<Change> changes) {
    return {"update_items/" + name, [=](GraphDialogue& with) {
                std::vector<SyncEndpoint::ItemUpdate> updates;
                for (const Change& change : changes)
                    updates.push_back({ItemKey(change.key), Version(change.version), change.patch, change.stamp});
                return print_each(with.run(with.endpoint().update_items(collection_of(kind), updates)), print_seen);
            }};
}

GraphCase pull(std::string name, EntityKind kind, std::string cursor) {
    return {"pull_changes/" + name, [=](GraphDialogue& with) {
                const auto page = with.run(with.endpoint().pull_changes(collection_of(kind), Cursor(cursor)));
                if (!page) return print_problem(page.error());
                std::string out = page->is_snapshot ? "snapshot" : "differences";
                out += page->is_last ? ", last\n" : ", more\n";
                out += "next: " + page->next.str() + "\n";
                for (const Observation& seen : page->observations) out += print_seen(seen);
                return out;
            }};
}

std::string print_mail(const Result<MailMessage>& mail) {
    if (!mail) return print_problem(mail.error());
    const auto people = [](const char* role, const std::vector<MailAddress>& list) {
        std::string out;
        for (const MailAddress& one : list) out += std::string(role) + one.name + " <" + one.address + ">\n";
        return out;
    };
    std::string out = mail->key.str() + " " + mail->version.str() + "\n" + mail->internet_message_id +
                      "\nin reply to " + mail->in_reply_to + " of " + mail->references + "\nsubject: " +
                      mail->subject + "\ntext: " + mail->text_body + "\n";
    if (mail->from) out += people("from: ", {*mail->from});
    if (mail->sender) out += people("sender: ", {*mail->sender});
    out += people("author: ", mail->other_authors) + people("to: ", mail->to);
    out += "sent " + format_timestamp(mail->sent_at.value_or(Timestamp{})) + " received " +
           format_timestamp(mail->received_at.value_or(Timestamp{})) + "\n" + mail->item_class + " " +
           mail->importance + " " + mail->sensitivity + " " + mail->flag + (mail->is_read ? " read" : " unread") +
           " " + std::to_string(mail->size) + " bytes, mark: " + mail->mark + ", thread " + mail->thread_index +
           " " + mail->conversation_id + "\n";
    for (const std::string& name : mail->categories) out += "category: " + name + "\n";
    for (const AttachmentInfo& one : mail->attachments)
        out += "attachment: " + one.name + " " + one.content_type + " " + std::to_string(one.size) + "\n";
    for (const auto& [name, value] : mail->headers) out += "header " + name + ": " + value + "\n";
    return out;
}

std::string print_folders(const Result<std::vector<MailFolder>>& tree) {
    if (!tree) return print_problem(tree.error());
    return print_each(*tree, [](const MailFolder& f) { return f.id.str() + " " + f.path + "\n"; });
}

std::string print_key(const Result<ItemKey>& key) {
    return key ? key->str() + "\n" : print_problem(key.error());
}

std::vector<GraphCase> mail_cases() {
    return {
        {"get_messages/headers",
         [](GraphDialogue& with) {
             const std::vector<ItemKey> keys{ItemKey("ME1"), ItemKey("ME2"), ItemKey("ME3")};
             std::string out = print_each(with.run(with.mail().get_messages(keys, true)), print_mail);
             return out + "link: " + with.mail().link_url(ItemKey("ME1")) + "\n";
         }},
        {"open_folder/made",
         [](GraphDialogue& with) {
             const auto folder = with.run(with.mail().open_folder("Inbox/CRM", true));
             return folder ? folder->id.str() + " " + folder->path + "\n" : print_problem(folder.error());
         }},
        {"folder_tree/two_levels",
         [](GraphDialogue& with) { return print_folders(with.run(with.mail().folder_tree(FolderId("FI")))); }},
        {"pull_messages/first",
         [](GraphDialogue& with) {
             const auto page = with.run(with.mail().pull_messages(FolderId("FI"), Cursor()));
             if (!page) return print_problem(page.error());
             std::string out = "next: " + page->next.str() + "\n";
             for (const MessageChange& change : page->changes)
                 out += change.key.str() + " " + change.version.str() + (change.gone ? " gone\n" : "\n");
             return out;
         }},
        {"mark_messages/conflict_once",
         [](GraphDialogue& with) {
             MailMark mark{ItemKey("ME1"), {"CRM logged"}, {"mine"}, "logged"};
             mark.is_read = true;
             mark.flag = "complete";
             return print_each(with.run(with.mail().mark_messages({mark})), [](const Result<Version>& version) {
                 return version ? version->str() + "\n" : print_problem(version.error());
             });
         }},
        {"move_message/done",
         [](GraphDialogue& with) {
             return print_key(with.run(with.mail().move_message(ItemKey("ME1"), FolderId("F2"))));
         }},
        {"copy_message/is_there",
         [](GraphDialogue& with) {
             return print_key(with.run(with.mail().copy_message(ItemKey("ME1"), FolderId("F2"))));
         }},
        {"fetch_mime/raw",
         [](GraphDialogue& with) {
             return print_each(with.run(with.mail().fetch_mime({ItemKey("ME1")})), [](const auto& mime) {
                 return mime ? *mime + "\n" : print_problem(mime.error());
             });
         }},
    };
}

std::string print_found(const Result<std::optional<Observation>>& found) {
    if (!found) return print_problem(found.error());
    return *found ? print_seen(**found) : "nothing\n";
}

std::vector<GraphCase> other_cases() {
    return {
        {"delete_items/events",
         [](GraphDialogue& with) {
             const std::vector<SyncEndpoint::ItemRemoval> removals{{ItemKey("EV1"), Version("W/\"K1\"")},
                                                                   {ItemKey("EV5"), Version("W/\"K1\"")}};
             return print_each(
                 with.run(with.endpoint().delete_items(collection_of(EntityKind::Appointment), removals)),
                 [](const Result<void>& done) { return done ? std::string("done\n") : print_problem(done.error()); });
         }},
        {"list_keys/contacts",
         [](GraphDialogue& with) {
             const auto page = with.run(with.endpoint().list_keys(collection_of(EntityKind::Contact), Cursor()));
             if (!page) return print_problem(page.error());
             std::string out = "next: " + page->next.str() + "\n";
             for (const auto& [key, version] : page->items) out += key.str() + " " + version.str() + "\n";
             return out;
         }},
        {"find_by_token/events",
         [](GraphDialogue& with) {
             return print_found(with.run(with.endpoint().find_by_token(collection_of(EntityKind::Appointment),
                                                                       CorrelationToken{"crm", "task", "7", "e-1"})));
         }},
        {"find_by_token/tasks",
         [](GraphDialogue& with) {
             return print_found(with.run(with.endpoint().find_by_token(collection_of(EntityKind::Task),
                                                                       CorrelationToken{"crm", "task", "7", "e-1"})));
         }},
        {"probe/calendar",
         [](GraphDialogue& with) {
             const auto report = with.run(with.endpoint().probe(collection_of(EntityKind::Appointment)));
             if (!report) return print_problem(report.error());
             std::string out = report->server + "\n" + format_timestamp(report->server_time) + "\n";
             for (const std::string& warning : report->warnings) out += warning + "\n";
             return out;
         }},
    };
}

std::vector<GraphCase> graph_cases() {
    const CorrelationToken token{"crm", "task", "8", "e-1"};
    const std::string delta = "D\tcontact\t\thttps://graph.example.test/v1.0/users/alice/contacts/delta?$deltatoken=x";
    std::vector<GraphCase> cases{
        get_items("events", EntityKind::Appointment, {"EV1", "EV2", "EV3", "EV4", "EV9"}),
        get_items("contacts", EntityKind::Contact, {"CO1", "CO2", "CO3"}),
        get_items("tasks", EntityKind::Task, {"LD|TA1", "LD|TA2", "LD|TA3", "no list"}),
        create_items("events", EntityKind::Appointment, 1),
        create_items("contacts", EntityKind::Contact, 3),
        create_items("tasks", EntityKind::Task, 1),
        update_items("events", EntityKind::Appointment,
                     {{"EV1", "W/\"K1\"", Patch{{Field::Subject, Value(std::string("New"))}}, CorrelationToken{}},
                      {"EV5", "W/\"K1\"", Patch{{Field::Subject, Value(std::string("New"))}}},
                      {"EV6", "W/\"K1\"", Patch{{Field::Subject, Value(std::string("New"))}}}}),
        update_items("contacts", EntityKind::Contact,
                     {{"CO1", "W/\"C1\"",
                       Patch{{Field::Email1, Value(std::string("ZOE@example.test"))},
                             {Field::Email2, std::nullopt},
                             {Field::PhoneHome, std::nullopt},
                             {Field::Fax, std::nullopt},
                             {Field::JobTitle, std::nullopt}},
                       token}}),
        update_items("tasks", EntityKind::Task,
                     {{"LD|TA1", "W/\"T1\"", Patch{{Field::DueDate, std::nullopt}}, CorrelationToken{}},
                      {"LD|TA2", "W/\"T1\"", {}, token}}),
        pull("calendar", EntityKind::Appointment, ""),
        pull("contacts_to_the_end", EntityKind::Contact, ""),
        pull("lost_token", EntityKind::Contact, delta),
        pull("foreign_link", EntityKind::Contact, ""),
    };
    for (GraphCase& c : mail_cases()) cases.push_back(std::move(c));
    for (GraphCase& c : other_cases()) cases.push_back(std::move(c));
    return cases;
}

class GraphGolden : public testing::TestWithParam<GraphCase> {};

void compare_or_record(const std::filesystem::path& file, const std::string& text) {
    if (std::getenv("LIAISON_RECORD_GOLDEN")) {
        std::ofstream(file, std::ios::binary) << text;
        return;
    }
    EXPECT_EQ(text, ews::read_file(file)) << file;
}

}  // namespace

TEST_P(GraphGolden, RequestsAndAnswersAreAsRecorded) {
    const auto folder = std::filesystem::path(LIAISON_SOURCE_DIR) / "tests/golden/graph" / GetParam().folder;
    GraphDialogue with(ews::read_file(folder / "replies.json"));
    const std::string answered = GetParam().run(with);
    compare_or_record(folder / "requests.txt", with.requests());
    compare_or_record(folder / "expected.txt", answered);
    EXPECT_TRUE(with.used_up()) << "every reply was asked for";
    EXPECT_EQ(answered.find("secret words"), std::string::npos) << "the server's text stays out";
}

INSTANTIATE_TEST_SUITE_P(Graph, GraphGolden, testing::ValuesIn(graph_cases()), [](const auto& about) {
    std::string name = about.param.folder;
    std::replace(name.begin(), name.end(), '/', '_');
    return name;
});

}  // namespace liaison::graph
