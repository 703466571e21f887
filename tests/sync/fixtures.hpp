#pragma once
#include <string>
#include <vector>

#include "core/link.hpp"
#include "core/operation.hpp"
#include "daemon/sync/reconcile.hpp"
#include "tests/sync/model_side.hpp"

namespace liaison::sync::fixtures {

inline Date day(int month, unsigned d) {
    return Date{std::chrono::year{2026}, std::chrono::month{static_cast<unsigned>(month)}, std::chrono::day{d}};
}

inline Record task(std::string subject, std::string status = "not_started") {
    Record record(EntityKind::Task);
    record.set(Field::Subject, std::move(subject));
    record.set(Field::Status, std::move(status));
    return record;
}

inline Observation seen(std::string key, std::string version, Record record, CorrelationToken token = {}) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.version = Version(std::move(version));
    out.modified_at = Timestamp{std::chrono::seconds{1}};
    out.token = std::move(token);
    out.content = std::move(record);
    return out;
}

template <class Content>
Observation state(std::string key, Content content) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.content = std::move(content);
    return out;
}

inline CorrelationToken token_of(std::string crm_id, std::string nonce, std::string kind = "task") {
    return {"crm", std::move(kind), std::move(crm_id), std::move(nonce)};
}

/// 25 November 2026, the lossy pair of the model, nothing in it.
inline Picture empty_picture(EntityKind kind = EntityKind::Task) {
    Picture p;
    p.pair = PairId("alice@example.test/" + std::string(to_string(kind)));
    p.mailbox = MailboxId("alice@example.test");
    p.kind = kind;
    p.next_link = LinkId(100);
    p.crm_system = "crm";
    p.epoch = "e";
    p.today = day(11, 25);
    p.now = Timestamp{std::chrono::sys_days{p.today} + std::chrono::hours{9}};
    p.crm_capabilities = model::crm_capabilities();
    p.exchange_capabilities = model::exchange_capabilities();
    p.policy.state_categories = false;
    p.policy.deletions_floor = 10;
    return p;
}

/// Appointments: everything is carried by both sides; Exchange derives UID, organiser and role.
inline Picture appointment_picture() {
    Picture p = empty_picture(EntityKind::Appointment);
    p.crm_capabilities.carried = fields_of(EntityKind::Appointment);
    p.crm_capabilities.carried.remove(Field::StateCategory);
    p.crm_capabilities.writable = p.crm_capabilities.carried;
    p.exchange_capabilities.carried = fields_of(EntityKind::Appointment);
    p.exchange_capabilities.writable = p.exchange_capabilities.carried;
    for (const Field field : {Field::ICalUid, Field::Organizer, Field::IsOrganizer})
        p.exchange_capabilities.writable.remove(field);
    p.exchange_capabilities.write_groups = {{Field::Start, Field::End, Field::AllDay}};
    p.crm_capabilities.project = nullptr;
    p.exchange_capabilities.project = nullptr;
    return p;
}

inline Picture contact_picture() {
    Picture p = empty_picture(EntityKind::Contact);
    for (EndpointCapabilities* can : {&p.crm_capabilities, &p.exchange_capabilities}) {
        can->carried = fields_of(EntityKind::Contact);
        can->writable = can->carried;
        can->project = nullptr;
        can->write_groups.clear();
    }
    return p;
}

inline ZonedTime at(unsigned d, int hour) {
    return {std::chrono::local_days{day(11, d)} + std::chrono::hours{hour}, "UTC"};
}

inline Record meeting(std::string subject, unsigned d = 26, int hour = 9) {
    Record record(EntityKind::Appointment);
    record.set(Field::Subject, std::move(subject));
    record.set(Field::Start, at(d, hour));
    record.set(Field::End, at(d, hour + 1));
    return record;
}

/// Link 1 between c1 and e1, in step, its token stamped and shown.
inline LinkView linked(Record crm, Record exchange, std::int64_t id = 1) {
    LinkView view;
    const std::string n = std::to_string(id);
    view.link.id = LinkId(id);
    view.link.kind = crm.kind();
    view.link.token = token_of("c" + n, "e-" + n, std::string(to_string(crm.kind())));
    view.link.crm = Anchor{ItemKey("c" + n), Version("1"), crm};
    view.link.exchange = Anchor{ItemKey("e" + n), Version("1"), exchange};
    view.crm = seen("c" + n, "1", crm);
    view.exchange = seen("e" + n, "1", exchange, view.link.token);
    return view;
}

inline LinkView linked_task(std::string subject = "Call Huber", std::int64_t id = 1) {
    const Record crm = task(std::move(subject));
    return linked(crm, model::project_exchange(crm), id);
}

/// Somebody edited the item on `side`.
inline void edit(LinkView& view, Side side, Field field, Value value) {
    std::optional<Observation>& now = side == Side::Crm ? view.crm : view.exchange;
    Record record = *now->record();
    record.set(field, std::move(value));
    now->content = record;
    now->version = Version(now->version.str() + "+");
}

template <class Content>
void becomes(LinkView& view, Side side, Content content) {
    std::optional<Observation>& now = side == Side::Crm ? view.crm : view.exchange;
    now->content = std::move(content);
    now->version = Version();
}

template <class Change>
std::vector<Change> changes_of(const Plan& plan) {
    std::vector<Change> out;
    for (const LinkChange& change : plan.changes)
        if (const auto* found = std::get_if<Change>(&change)) out.push_back(*found);
    return out;
}

/// A plan in one line, for tables: `update crm ChangedInExchange`, `unlink gone_in_crm`, `park crm policy_forbids`,
/// ...
inline std::string summary(const Plan& plan) {
    std::string out;
    const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : "; ") + part; };
    if (!plan.withdrawn.empty()) add("withdraw");
    for (const LinkChange& change : plan.changes) {
        if (const auto* unlink = std::get_if<Unlink>(&change)) add("unlink " + std::string(to_string(unlink->reason)));
        if (const auto* open = std::get_if<OpenLink>(&change)) add("open " + std::string(to_string(open->reason)));
        if (const auto* bind = std::get_if<BindItem>(&change)) add("bind " + std::string(to_string(bind->reason)));
    }
    for (const Operation& op : plan.operations)
        add(std::string(to_string(op.kind)) + " " + std::string(to_string(op.side)) + " " +
            std::string(to_string(op.reason)));
    for (const ParkedItem& item : plan.parked)
        add("park " + std::string(to_string(item.side)) + " " + std::string(to_string(item.reason)));
    return out;
}

}  // namespace liaison::sync::fixtures
