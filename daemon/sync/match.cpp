#include "daemon/sync/match.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "core/text.hpp"
#include "daemon/sync/merge.hpp"

// Order of evidence, strongest first; each step sees only what the steps before left:
//   token      an item of Exchange names its CRM item (ledger lost, F91). Named item not here: an orphan, left alone.
//   copy       an attendee's copy attaches to the CRM appointment with its UID; without one it waits for the
//              organiser's mailbox, or for the first attendee whose mailbox is mirrored; only then it is a new item.
//   UID        appointments only.
//   content    subject and times; subject and due date; e-mail address, or full name and company.
// Several candidates in one step: parked for a human, all of them.

namespace liaison::sync {

namespace {

using Candidates = std::vector<const Observation*>;

class Matcher {
public:
    Matcher(const Picture& picture, const Claimed& taken) : picture_(picture), taken_(taken) {}

    Matches run() {
        by_token();
        if (picture_.kind == EntityKind::Appointment) {
            attendee_copies();
            by_key(Reason::MatchedByUid,
                   [](const Record& record) { return std::string(record.text(Field::ICalUid)); });
        }
        by_content();
        return std::move(out_);
    }

private:
    /// Free records that nothing spoke for, in key order.
    Candidates open_items(Side side) const {
        Candidates items;
        for (const Observation& seen : side == Side::Crm ? picture_.free_crm : picture_.free_exchange) {
            const bool free = seen.record() && !taken_.side(side).contains(seen.key) &&
                              !out_.claimed.side(side).contains(seen.key);
            if (free) items.push_back(&seen);
        }
        std::sort(items.begin(), items.end(),
                  [](const Observation* a, const Observation* b) { return a->key < b->key; });
        return items;
    }

    void claim(Side side, const Observation& item) { out_.claimed.side(side).insert(item.key); }

    void accept(const Observation& crm, const Observation& exchange, Reason reason, bool attached = false) {
        claim(Side::Crm, crm);
        claim(Side::Exchange, exchange);
        out_.matches.push_back({&crm, &exchange, reason, attached});
    }

    void park(Side side, const Observation& item, std::string_view evidence) {
        claim(side, item);
        out_.parked.push_back({side, item.key, item.version, Reason::Ambiguous, std::string(evidence),
                               "several items could be the counterpart"});
    }

    void by_token() {
        std::map<ItemKey, Candidates> named;
        for (const Observation* item : open_items(Side::Exchange)) {
            if (item->token.empty()) continue;
            if (!names_our_item(item->token, picture_))
                claim(Side::Exchange, *item);
            else if (!item->token.crm_id.empty())
                named[ItemKey(item->token.crm_id)].push_back(item);
        }
        std::map<ItemKey, const Observation*> crm;
        for (const Observation* item : open_items(Side::Crm)) crm.emplace(item->key, item);
        for (const auto& [key, carriers] : named) {
            const auto found = crm.find(key);
            if (found == crm.end()) {
                for (const Observation* carrier : carriers) claim(Side::Exchange, *carrier);
            } else if (carriers.size() == 1) {
                accept(*found->second, *carriers.front(), Reason::MatchedByToken);
            } else {
                park(Side::Crm, *found->second, "token");
                for (const Observation* carrier : carriers) park(Side::Exchange, *carrier, "token");
            }
        }
    }

    void attendee_copies() {
        std::map<std::string, Candidates> copies;
        for (const Observation* item : open_items(Side::Exchange)) {
            if (!is_attendee_copy(*item->record(), picture_)) continue;
            const std::string uid(item->record()->text(Field::ICalUid));
            if (!uid.empty())
                copies[uid].push_back(item);
            else if (waits_for_organizer(*item->record()))
                claim(Side::Exchange, *item);
        }
        std::map<std::string, Candidates> meetings;
        for (const Observation* item : open_items(Side::Crm))
            meetings[std::string(item->record()->text(Field::ICalUid))].push_back(item);
        for (const auto& [uid, items] : copies) {
            const auto meeting = meetings.find(uid);
            if (meeting == meetings.end()) {
                for (const Observation* item : items)
                    if (waits_for_organizer(*item->record())) claim(Side::Exchange, *item);
            } else if (items.size() == 1 && meeting->second.size() == 1) {
                accept(*meeting->second.front(), *items.front(), Reason::AttendeeCopy, true);
            } else {
                for (const Observation* item : items) park(Side::Exchange, *item, "uid");
                for (const Observation* item : meeting->second) park(Side::Crm, *item, "uid");
            }
        }
    }

    /// The meeting comes into the CRM from another mirrored mailbox: the organiser's, or that of the first attendee
    /// in order of addresses, so that two mailboxes never make two CRM appointments of one meeting.
    bool waits_for_organizer(const Record& copy) const {
        const std::string organizer = normal_address(copy.text(Field::Organizer));
        if (picture_.mirrored_organizers.contains(organizer)) return true;
        if (copy.text(Field::ICalUid).empty()) return false;
        const AttendeeList* attendees = copy.get<AttendeeList>(Field::Attendees);
        if (attendees == nullptr) return false;
        return std::any_of(attendees->begin(), attendees->end(), [this](const Attendee& person) {
            return person.address < picture_.mailbox.str() && picture_.mirrored_organizers.contains(person.address);
        });
    }

    bool may_match_by_content(Side side, const Observation& item) const {
        return side == Side::Crm || !stays_private(*item.record(), nullptr, picture_.policy);
    }

    template <class KeyOf>
    void by_key(Reason reason, KeyOf key_of) {
        std::map<std::string, Candidates> groups[2];
        for (const Side side : kSides) {
            for (const Observation* item : open_items(side)) {
                if (reason == Reason::MatchedByContent && !may_match_by_content(side, *item)) continue;
                const std::string key = key_of(as_exchange_shows(side, *item->record()));
                if (!key.empty()) groups[side == Side::Crm ? 0 : 1][key].push_back(item);
            }
        }
        for (const auto& [key, crm] : groups[0]) {
            const auto found = groups[1].find(key);
            if (found == groups[1].end()) continue;
            const Candidates& exchange = found->second;
            if (crm.size() == 1 && exchange.size() == 1) {
                accept(*crm.front(), *exchange.front(), reason);
                continue;
            }
            const std::string_view evidence = reason == Reason::MatchedByUid ? "uid" : "content";
            for (const Observation* item : crm) park(Side::Crm, *item, evidence);
            for (const Observation* item : exchange) park(Side::Exchange, *item, evidence);
        }
    }

    /// Both sides are compared in the form that Exchange shows.
    Record as_exchange_shows(Side side, const Record& record) const {
        return side == Side::Exchange ? record : projected(picture_.exchange_capabilities, record);
    }

    void by_content() {
        switch (picture_.kind) {
            case EntityKind::Task: by_key(Reason::MatchedByContent, task_fingerprint); return;
            case EntityKind::Appointment: by_key(Reason::MatchedByContent, appointment_fingerprint); return;
            case EntityKind::Contact:
                by_key(Reason::MatchedByContent, address_fingerprint);
                by_name();
                return;
        }
    }

    static std::string part(const Record& record, Field field) {
        const Value* value = record.find(field);
        return value == nullptr ? std::string("\n") : '\n' + to_text(*value);
    }

    static std::string task_fingerprint(const Record& record) {
        const std::string subject = to_lower_ascii(record.text(Field::Subject));
        return subject.empty() ? subject : subject + part(record, Field::DueDate);
    }

    static std::string appointment_fingerprint(const Record& record) {
        const std::string subject = to_lower_ascii(record.text(Field::Subject));
        if (subject.empty() || record.find(Field::Start) == nullptr) return {};
        return subject + part(record, Field::Start) + part(record, Field::End);
    }

    static std::string address_fingerprint(const Record& record) {
        return normal_address(record.text(Field::Email1));
    }

    static std::string name_fingerprint(const Record& record) {
        std::string name(record.text(Field::GivenName));
        if (!name.empty() && !record.text(Field::FamilyName).empty()) name += ' ';
        name += record.text(Field::FamilyName);
        if (name.empty()) name = record.text(Field::DisplayName);
        const std::string_view company = record.text(Field::CompanyName);
        if (name.empty() || company.empty()) return {};
        return to_lower_ascii(name) + '\n' + to_lower_ascii(company);
    }

    /// Equal name and company are one person unless both have an e-mail address: then the addresses differ.
    void by_name() {
        const Candidates crm = open_items(Side::Crm);
        const Candidates exchange = open_items(Side::Exchange);
        std::map<std::string, Candidates> named;
        for (const Observation* b : exchange)
            if (may_match_by_content(Side::Exchange, *b)) named[name_fingerprint(*b->record())].push_back(b);
        std::map<const Observation*, Candidates> partners;
        for (const Observation* a : crm) {
            const Record left = as_exchange_shows(Side::Crm, *a->record());
            const auto namesakes = named.find(name_fingerprint(left));
            if (namesakes == named.end() || namesakes->first.empty()) continue;
            for (const Observation* b : namesakes->second) {
                if (left.find(Field::Email1) && b->record()->find(Field::Email1)) continue;
                partners[a].push_back(b);
                partners[b].push_back(a);
            }
        }
        for (const Observation* a : crm) {
            const Candidates& found = partners[a];
            if (found.size() == 1 && partners[found.front()].size() == 1)
                accept(*a, *found.front(), Reason::MatchedByContent);
            else if (!found.empty())
                park(Side::Crm, *a, "content");
        }
        for (const Observation* b : exchange)
            if (!partners[b].empty() && !out_.claimed.exchange.contains(b->key)) park(Side::Exchange, *b, "content");
    }

    const Picture& picture_;
    const Claimed& taken_;
    Matches out_;
};

}  // namespace

bool names_our_item(const CorrelationToken& token, const Picture& picture) {
    return token.system == picture.crm_system && token.kind == to_string(picture.kind);
}

bool is_attendee_copy(const Record& exchange, const Picture& picture) {
    if (exchange.kind() != EntityKind::Appointment || exchange.flag(Field::IsOrganizer)) return false;
    if (!picture.exchange_capabilities.carried.has(Field::IsOrganizer)) return false;
    const std::string organizer = normal_address(exchange.text(Field::Organizer));
    if (!organizer.empty()) return organizer != picture.mailbox.str();
    return exchange.find(Field::Attendees) != nullptr;
}

bool stays_private(const Record& exchange, const Record* crm, const PairPolicy& policy) {
    const bool known_as_private = crm != nullptr && crm->flag(Field::IsPrivate);
    return exchange.flag(Field::IsPrivate) && !policy.mirror_private && !known_as_private;
}

Matches match_unlinked(const Picture& picture, const Claimed& taken) { return Matcher(picture, taken).run(); }

}  // namespace liaison::sync
