#include "tests/sim/people.hpp"

#include <algorithm>

namespace liaison::sim {

namespace {

constexpr std::chrono::milliseconds kBetweenActions{7'000};  ///< of one mailbox, on average

/// Odd texts in one of four values: nothing of them may confuse anybody.
constexpr const char* kTails[] = {"",
                                  "",
                                  "",
                                  " Ångström",
                                  " \"<&>'",
                                  " 日本語 \xF0\x9F\x93\x85",
                                  "\nsecond line",
                                  "  two  spaces"};

/// Marks of the value's mailbox (m3) and of all content (zq): what must never be in a log or in
/// another mailbox.
std::string value_word(const Event& event, Draw& draw) {
    return "w" + std::to_string(event.number) + "x" + std::to_string(draw.below(1000)) + "m" +
           std::to_string(event.mailbox) + "zq";
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

}  // namespace

std::string_view to_string(Verb verb) {
    switch (verb) {
        case Verb::CrmCreate:
            return "creates in the CRM";
        case Verb::CrmEdit:
            return "edits in the CRM";
        case Verb::CrmComplete:
            return "completes in the CRM";
        case Verb::CrmDelete:
            return "deletes in the CRM";
        case Verb::OutlookCreate:
            return "creates in Outlook";
        case Verb::OutlookEdit:
            return "edits in Outlook";
        case Verb::OutlookComplete:
            return "completes in Outlook";
        case Verb::OutlookDelete:
            return "deletes in Outlook";
        case Verb::OutlookMove:
            return "moves in Outlook";
        case Verb::OutlookCategories:
            return "sets categories in Outlook";
        case Verb::MailArrives:
            return "gets";
        case Verb::MailAgain:
            return "gets";
        case Verb::MailDragged:
            return "drags";
        case Verb::ContactMet:
            return "enters into the CRM";
    }
    return "?";
}

std::vector<Event> plan_events(std::uint64_t seed, const Workload& workload) {
    Draw draw(mix(seed, 77));
    std::vector<Event> events;
    const auto add = [&](std::chrono::milliseconds at, Verb verb, std::size_t mailbox) {
        Event event;
        event.number = static_cast<std::uint32_t>(events.size() + 1);
        event.at = at;
        event.verb = verb;
        event.mailbox = mailbox;
        event.dice = mix(seed, 78, event.number);
        events.push_back(event);
    };
    for (std::size_t mailbox = 0; mailbox < workload.mailboxes; ++mailbox)
        for (std::size_t i = 0; i < 2; ++i)
            add({}, draw.one_in(2) ? Verb::CrmCreate : Verb::OutlookCreate, mailbox);
    static constexpr Verb kMix[] = {
        Verb::CrmCreate,   Verb::CrmEdit,           Verb::CrmEdit,         Verb::CrmEdit,
        Verb::CrmComplete, Verb::CrmDelete,         Verb::OutlookCreate,   Verb::OutlookEdit,
        Verb::OutlookEdit, Verb::OutlookEdit,       Verb::OutlookComplete, Verb::OutlookDelete,
        Verb::OutlookMove, Verb::OutlookCategories, Verb::MailArrives,     Verb::MailArrives,
        Verb::MailArrives, Verb::MailAgain,         Verb::MailDragged,     Verb::ContactMet};
    std::vector<std::pair<std::chrono::milliseconds, std::pair<Verb, std::size_t>>> actions;
    const auto span =
        kBetweenActions * static_cast<std::int64_t>(workload.actions / workload.mailboxes + 1);
    for (std::size_t i = 0; i < workload.actions; ++i) {
        const std::chrono::milliseconds at(
            1 + static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(span.count()))));
        actions.push_back(
            {at, {kMix[draw.below(std::size(kMix))], draw.below(workload.mailboxes)}});
    }
    std::sort(actions.begin(), actions.end());
    for (const auto& [at, what] : actions) add(at, what.first, what.second);
    return events;
}

std::vector<Shown> People::items(Side side, EntityKind kind, std::size_t mailbox) {
    std::vector<Shown> out =
        side == Side::Crm ? crm_.items(kind, mailbox) : exchange_.items(kind, mailbox);
    std::erase_if(out,
                  [this](const Shown& item) { return history_.find(item.lineage) == nullptr; });
    return out;
}

std::string People::act(const Event& event, Timestamp now) {
    Draw draw(event.dice);
    static constexpr EntityKind kOften[] = {EntityKind::Task, EntityKind::Task,
                                            EntityKind::Appointment, EntityKind::Contact};
    const EntityKind kind = kOften[draw.below(4)];
    std::string done;
    switch (event.verb) {
        case Verb::CrmCreate:
            done = create(event, Side::Crm, kind, draw, now);
            break;
        case Verb::OutlookCreate:
            done = create(event, Side::Exchange, kind, draw, now);
            break;
        case Verb::CrmEdit:
            done = edit(event, Side::Crm, kind, draw, now);
            break;
        case Verb::OutlookEdit:
            done = edit(event, Side::Exchange, kind, draw, now);
            break;
        case Verb::CrmComplete:
            done = complete(event, Side::Crm, draw, now);
            break;
        case Verb::OutlookComplete:
            done = complete(event, Side::Exchange, draw, now);
            break;
        case Verb::CrmDelete:
            done = erase(event, Side::Crm, kind, draw, now);
            break;
        case Verb::OutlookDelete:
            done = erase(event, Side::Exchange, kind, draw, now);
            break;
        case Verb::OutlookMove:
            done = move(event, kind, draw);
            break;
        case Verb::OutlookCategories:
            done = categorise(event, kind, draw);
            break;
        case Verb::MailArrives:
        case Verb::MailAgain:
        case Verb::MailDragged:
        case Verb::ContactMet:
            break;  // the postman's
    }
    return done.empty() ? done
                        : mailbox_address(event.mailbox) + " " +
                              std::string(to_string(event.verb)) + ": " + done;
}

Shown People::draft(const Event& event, EntityKind kind, Draw& draw) {
    Shown item;
    item.kind = kind;
    item.lineage = "L" + std::to_string(event.number);
    for (const SideField& field : side_fields(kind)) {
        const bool names_it = std::string_view(field.name) ==
                              (kind == EntityKind::Contact ? "given_name" : "subject");
        if (!names_it && draw.one_in(2)) continue;
        item.fields[field.name] = new_value(event, field.name, item, draw);
    }
    item.fields.erase("status");
    return item;
}

std::string People::new_value(const Event& event, const std::string& name, const Shown& item,
                              Draw& draw) {
    if (name == "given_name") return item.lineage;
    const auto fields = side_fields(item.kind);
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const SideField& f) { return name == f.name; });
    switch (field->form) {
        case SideField::Form::Word:
            return field->words[draw.below(field->words.size())].first;
        case SideField::Form::Date:
            return "2027-0" + std::to_string(1 + draw.below(9)) + "-1" +
                   std::to_string(draw.below(10));
        case SideField::Form::Number:
            return std::to_string(1 + draw.below(500));
        case SideField::Form::Subject:
            return item.lineage + " " + value_word(event, draw) +
                   std::string(draw.one_in(4) ? " \"<&>' Ä" : "");
        case SideField::Form::Text:
            break;
    }
    if (name == "email1") return value_word(event, draw) + "@partner.example";
    if (name == "phone_mobile") return "+49 170 " + std::to_string(event.number);
    const std::string word = value_word(event, draw);
    const bool lines = name == "body" || name == "notes";
    const std::string tail = kTails[draw.below(std::size(kTails))];
    return word + (lines || tail.find('\n') == std::string::npos ? tail : std::string());
}

std::string People::create(const Event& event, Side side, EntityKind kind, Draw& draw,
                           Timestamp now) {
    Shown item = draft(event, kind, draw);
    item = side == Side::Crm ? crm_.insert(kind, event.mailbox, std::move(item))
                             : exchange_.insert(kind, event.mailbox, std::move(item));
    history_.made(event.number, now, side, event.mailbox, item);
    return std::string(to_string(kind)) + " " + item.lineage;
}

std::string People::edit(const Event& event, Side side, EntityKind kind, Draw& draw,
                         Timestamp now) {
    const std::vector<Shown> there = items(side, kind, event.mailbox);
    if (there.empty()) return {};
    const Shown& item = there[draw.below(there.size())];
    const auto fields = side_fields(kind);
    std::string name = fields[draw.below(fields.size())].name;
    if (name == "given_name") name = "family_name";
    if (name == "status") return {};
    const bool clears =
        name != "subject" && name != "priority" && name != "show_as" && draw.one_in(8);
    const std::string value = clears ? std::string() : new_value(event, name, item, draw);
    if (side == Side::Crm)
        crm_.update(item, name, value);
    else
        exchange_.update(event.mailbox, item, name, value);
    history_.wrote(event.number, now, side, item, name, value);
    return std::string(to_string(kind)) + " " + item.lineage + ", " + name + " = " + quoted(value);
}

std::string People::complete(const Event& event, Side side, Draw& draw, Timestamp now) {
    const std::vector<Shown> there = items(side, EntityKind::Task, event.mailbox);
    if (there.empty()) return {};
    const Shown& item = there[draw.below(there.size())];
    if (item.fields.at("status") == "completed") return {};
    if (side == Side::Crm)
        crm_.script(
            "UPDATE task SET status = 'completed', percent_complete = 100, completed_on = "
            "'2026-11-25' WHERE id = " +
            item.id);
    else
        exchange_.update(event.mailbox, item, "status", "completed");
    history_.wrote(event.number, now, side, item, "status", "completed");
    return "task " + item.lineage;
}

std::string People::erase(const Event& event, Side side, EntityKind kind, Draw& draw,
                          Timestamp now) {
    const std::vector<Shown> there = items(side, kind, event.mailbox);
    if (there.empty()) return {};
    const Shown& item = there[draw.below(there.size())];
    if (side == Side::Crm)
        crm_.erase(item);
    else
        exchange_.erase(event.mailbox, item);
    history_.erased(event.number, now, side, item);
    return std::string(to_string(kind)) + " " + item.lineage;
}

std::string People::move(const Event& event, EntityKind kind, Draw& draw) {
    const std::vector<Shown> there = items(Side::Exchange, kind, event.mailbox);
    if (there.empty()) return {};
    const Shown& item = there[draw.below(there.size())];
    const std::string address = mailbox_address(event.mailbox);
    sandbox::MailboxStore& store = exchange_.store();
    const std::string& root = exchange_.folder(event.mailbox, exchange_folder(kind));
    std::string target = root;
    if (item.folder == root) {
        const sandbox::Folder* later = store.find_child(address, root, "Later");
        if (!later) later = *store.create_folder(address, root, "Later", "");
        target = later->id;
    }
    if (!store.move_item(address, item.id, target)) return {};
    if (!item.marked) history_.find(item.lineage)->unmarked_away = true;
    return std::string(to_string(kind)) + " " + item.lineage +
           (target == root ? " back" : " to the folder Later");
}

void People::tidy_up(std::size_t mailboxes) {
    for (std::size_t mailbox = 0; mailbox < mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) {
            const std::string& root = exchange_.folder(mailbox, exchange_folder(kind));
            for (const Shown& item : exchange_.items(kind, mailbox))
                if (item.folder != root)
                    (void)exchange_.store().move_item(mailbox_address(mailbox), item.id, root);
        }
}

std::string People::categorise(const Event& event, EntityKind kind, Draw& draw) {
    const std::vector<Shown> there = items(Side::Exchange, kind, event.mailbox);
    if (there.empty()) return {};
    const Shown& item = there[draw.below(there.size())];
    const sandbox::Item* found =
        exchange_.store().find_item(mailbox_address(event.mailbox), item.id);
    sandbox::Item changed = *found;
    changed.categories.push_back("Own " + std::to_string(event.number));
    if (!exchange_.store().update_item(mailbox_address(event.mailbox), std::move(changed)))
        return {};
    return std::string(to_string(kind)) + " " + item.lineage;
}

}  // namespace liaison::sim
