#include <algorithm>

#include "connectors/crm/embedded/sqlite.hpp"
#include "tests/sim/exhaustive_stage.hpp"

namespace liaison::sim {

namespace {

class AfterCheck {
public:
    explicit AfterCheck(Stage& stage) : stage_(stage) {}

    std::vector<std::string> run() {
        for (const ScenarioLine& line : stage_.scenario().after) {
            text_ = line.text;
            check(line);
        }
        text_ = "what is not named";
        check_rest();
        if (!stage_.exchange().store().sent().empty()) wrong("something was sent to people");
        return std::move(wrong_);
    }

private:
    void wrong(const std::string& what) { wrong_.push_back(text_ + ": " + what); }

    void check(const ScenarioLine& line) {
        const std::string& what = line.words.front();
        if (what == "both" || what == "crm" || what == "outlook") {
            const std::string mark = line.word(2);
            if (what != "outlook")
                look_at("the CRM", find_items(stage_.crm(), mark, stage_.mailboxes), line,
                        named_crm_);
            if (what != "crm")
                look_at("Exchange", find_items(stage_.exchange(), mark, stage_.mailboxes), line,
                        named_exchange_);
        } else if (what == "in") {
            check_place(line);
        } else if (what == "carries") {
            const std::vector<std::string> there = categories_of(line.word(1));
            if (std::find(there.begin(), there.end(), line.word(2)) == there.end())
                wrong("the category is missing");
        } else if (what == "either") {
            // Which of two mailboxes logs a mail depends on who comes first: judged by the totals.
        } else if (what == "logged") {
            check_interaction(line);
        } else {
            check_totals(line);
        }
    }

    void look_at(const std::string& side, std::vector<Found> found, const ScenarioLine& line,
                 std::map<std::string, std::size_t>& named) {
        const std::string& mark = line.word(2);
        if (mark.find('@') == std::string::npos)
            std::erase_if(found, [](const Found& one) { return one.mailbox != 0; });
        const auto count = line.values.find("count");
        const std::size_t wanted = count == line.values.end() ? 1 : std::stoul(count->second);
        named[bare_mark(mark)] += wanted;
        if (found.size() != wanted)
            return wrong("it is " + std::to_string(found.size()) + " times in " + side);
        for (const Found& one : found) {
            if (to_string(one.kind) != line.word(1)) wrong("it is of another kind in " + side);
            for (const auto& [field, value] : line.values) {
                if (field == "count") continue;
                const auto shown = one.item.fields.find(field);
                const std::string present =
                    shown == one.item.fields.end() ? "(no such field)" : shown->second;
                if (present != value) wrong(side + " says " + field + "=\"" + present + "\"");
            }
        }
    }

    void check_rest() {
        for (const bool in_crm : {true, false}) {
            std::map<std::string, std::size_t> present;
            for (std::size_t mailbox = 0; mailbox < stage_.mailboxes; ++mailbox)
                for (const EntityKind kind : kEntityKinds)
                    for (const Shown& item : in_crm ? stage_.crm().items(kind, mailbox)
                                                    : stage_.exchange().items(kind, mailbox))
                        ++present[item.lineage];
            const auto& named = in_crm ? named_crm_ : named_exchange_;
            for (const auto& [mark, count] : present)
                if (const auto known = named.find(mark);
                    known == named.end() || known->second != count)
                    wrong(std::string(in_crm ? "the CRM" : "Exchange") + " has \"" + mark + "\" " +
                          std::to_string(count) + " times");
        }
    }

    std::vector<std::string> categories_of(const std::string& mark) {
        const auto mails = find_mails(stage_.exchange(), mark);
        if (!mails.empty()) return mails.front()->categories;
        const auto items = find_items(stage_.exchange(), mark, stage_.mailboxes);
        if (items.empty()) return {};
        return stage_.exchange()
            .store()
            .find_item(mailbox_address(items.front().mailbox), items.front().item.id)
            ->categories;
    }

    void check_place(const ScenarioLine& line) {
        const auto mails = find_mails(stage_.exchange(), line.word(1));
        const auto items = find_items(stage_.exchange(), line.word(1), stage_.mailboxes);
        const std::string folder = !mails.empty()  ? mails.front()->folder_id
                                   : items.empty() ? std::string()
                                                   : items.front().item.folder;
        const sandbox::Folder* place = stage_.exchange().store().find_folder(
            mailbox_address(mailbox_of_mark(line.word(1))), folder);
        if (!place || place->display_name != line.word(2))
            wrong("it lies in " + (place ? place->display_name : "no folder"));
    }

    void check_interaction(const ScenarioLine& line) {
        const std::string from =
            " FROM interaction i JOIN message m ON m.id = i.message_id JOIN contact c ON c.id = "
            "i.contact_id WHERE m.subject LIKE '" +
            line.word(1) + "%' AND c.given_name = '" + line.word(2) + "'";
        const std::int64_t count = stage_.crm().number("SELECT count(*)" + from);
        if (count != 1) return wrong("there are " + std::to_string(count) + " interactions");
        for (const auto& [column, value] : line.values)
            if (stage_.crm().text("SELECT i." + column + from) != value)
                wrong(column + " is " + stage_.crm().text("SELECT i." + column + from));
        if (stage_.crm().number("SELECT count(*) FROM message m JOIN message_original o ON "
                                "o.message_id = m.id WHERE m.subject LIKE '" +
                                line.word(1) + "%'") != 1)
            wrong("the original is missing");
    }

    void check_totals(const ScenarioLine& line) {
        for (std::size_t i = 0; i + 1 < line.words.size(); i += 2) {
            const std::int64_t wanted = std::stoll(line.words[i + 1]);
            std::int64_t present = -1;
            if (line.words[i] == "mails")
                present = stage_.crm().number("SELECT count(*) FROM message");
            if (line.words[i] == "interactions")
                present = stage_.crm().number("SELECT count(*) FROM interaction");
            if (line.words[i] == "conflicts") present = stage_.conflicts();
            if (present != wanted)
                wrong("there are " + std::to_string(present) + " " + line.words[i]);
        }
    }

    Stage& stage_;
    std::string text_;
    std::vector<std::string> wrong_;
    std::map<std::string, std::size_t> named_crm_;
    std::map<std::string, std::size_t> named_exchange_;
};

/// An item without its ids and times; the CRM's id in our token as the subject that it names.
std::string item_text(Stage& stage, const sandbox::Item& item, const std::string& folder,
                      bool with_note) {
    std::string out = "exchange " + folder + " " + item.item_class;
    for (const auto& [key, value] : item.properties.entries()) {
        if (key.find("DateTime") != std::string_view::npos || key == "calendar:UID" ||
            key.find("Conversation") != std::string_view::npos)
            continue;
        out += " " + std::string(key) + "=";
        if (const auto* text = std::get_if<std::string>(&value)) out += *text;
        if (const auto* list = std::get_if<std::vector<std::string>>(&value))
            for (const std::string& one : *list) out += one + ",";
        if (const auto* fragment = std::get_if<sandbox::Fragment>(&value)) out += fragment->xml;
    }
    std::vector<std::string> categories = item.categories;
    std::sort(categories.begin(), categories.end());
    for (const std::string& name : categories) out += " [" + name + "]";
    for (const auto& [key, value] : item.extended) {
        if (value.values.empty()) continue;
        const std::string& text = value.values.front();
        const std::size_t first = text.find('|');
        if (key.find("CrmNote") != std::string::npos && !with_note) continue;
        if (key.find("CrmKey") == std::string::npos || first == std::string::npos) {
            out += " " + key + "=" + text;
            continue;
        }
        const std::size_t second = text.find('|', first + 1);
        const std::size_t third = text.find('|', second + 1);
        const std::string kind = text.substr(first + 1, second - first - 1);
        const std::string id = text.substr(second + 1, third - second - 1);
        const std::string named =
            stage.crm().text("SELECT " + std::string(kind == "contact" ? "given_name" : "subject") +
                             " FROM " + kind + " WHERE id = '" + id + "'");
        out += " token=" + kind + ":" + named;
    }
    return out;
}

std::vector<std::string> crm_rows(Stage& stage, EntityKind kind) {
    const std::string table = crm_table(kind);
    std::string columns = stage.crm().text(
        "SELECT group_concat('ifnull(' || name || ', '''')', ' || '' '' || ') FROM "
        "pragma_table_info('" +
        table +
        "') WHERE name NOT IN ('id', 'number', 'version', 'created_at', 'modified_at', "
        "'modified_by', 'ical_uid', 'organizer')");
    std::vector<std::string> out;
    const std::int64_t count = stage.crm().number("SELECT count(*) FROM " + table);
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string one = " FROM (SELECT * FROM " + table + " ORDER BY id LIMIT 1 OFFSET " +
                                std::to_string(i) + ")";
        out.push_back("crm " + table + " " + stage.crm().text("SELECT " + columns + one));
    }
    return out;
}

}  // namespace

std::vector<std::string> compare_with_after(Stage& stage) {
    return AfterCheck(stage).run();
}

std::string outside_of(Stage& stage) {
    const bool either = std::ranges::any_of(
        stage.scenario().after,
        [](const ScenarioLine& line) { return line.words.front() == "either"; });
    std::vector<std::string> lines;
    for (const EntityKind kind : kEntityKinds)
        for (std::string& row : crm_rows(stage, kind)) lines.push_back(std::move(row));
    const std::int64_t interactions = stage.crm().number("SELECT count(*) FROM interaction");
    const std::string user = either ? "''" : "ifnull(i.user_id, '')";
    for (std::int64_t i = 0; i < interactions; ++i)
        lines.push_back("interaction " +
                        stage.crm().text("SELECT m.subject || ' ' || m.at || ' ' || i.direction || "
                                         "' ' || i.template_code || ' ' || i.address || ' ' || " +
                                         user +
                                         " || ' ' || length(o.eml) FROM interaction i JOIN message "
                                         "m ON m.id = i.message_id LEFT JOIN message_original o ON "
                                         "o.message_id = m.id ORDER BY m.subject, i.address LIMIT "
                                         "1 OFFSET " +
                                         std::to_string(i)));
    for (std::size_t mailbox = 0; mailbox < stage.mailboxes; ++mailbox) {
        const std::string address = mailbox_address(mailbox);
        for (const sandbox::Folder* folder : stage.exchange().store().folders(address))
            for (const sandbox::Item* item : stage.exchange().store().items(address, folder->id))
                lines.push_back(
                    item_text(stage, *item, address + "/" + folder->display_name, !either));
    }
    std::sort(lines.begin(), lines.end());
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

}  // namespace liaison::sim
