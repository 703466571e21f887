#include "tests/sim/witness.hpp"

#include <charconv>

#include "tests/sim/people.hpp"

namespace liaison::sim {

namespace {

constexpr std::size_t kGuardFloor = 10;
constexpr std::size_t kGuardPercent = 5;

bool is_item_write(std::string_view operation) {
    return operation == "CreateItem" || operation == "UpdateItem" || operation == "DeleteItem" ||
           operation == "MoveItem";
}

std::optional<std::size_t> mailbox_number_of(std::string_view address) {
    std::size_t number = 0;
    if (!address.starts_with('m')) return std::nullopt;
    const auto [end, error] =
        std::from_chars(address.data() + 1, address.data() + address.size(), number);
    if (error != std::errc{} || *end != '@') return std::nullopt;
    return number;
}

/// How long the answer asks to stay away.
std::optional<std::chrono::milliseconds> pause_in(const HttpResponse& response) {
    static constexpr std::string_view kBackOff = "BackOffMilliseconds\">";
    const std::size_t at = response.body.find(kBackOff);
    std::int64_t number = 0;
    if (at != std::string::npos) {
        const char* text = response.body.data() + at + kBackOff.size();
        if (std::from_chars(text, response.body.data() + response.body.size(), number).ec ==
                std::errc{} &&
            number > 0)
            return std::chrono::milliseconds(number);
    }
    const std::string_view after = response.fields.get("Retry-After");
    if ((response.status == 429 || response.status == 503) && !after.empty()) {
        const auto [end, error] =
            std::from_chars(after.data(), after.data() + after.size(), number);
        if (error == std::errc{} && end == after.data() + after.size() && number > 0)
            return std::chrono::seconds(number);
    }
    return std::nullopt;
}

}  // namespace

std::map<std::string, Witness::Seen> Witness::items_of(std::size_t mailbox) {
    std::map<std::string, Seen> out;
    for (const EntityKind kind : kEntityKinds)
        for (const Shown& item : world_.exchange->items(kind, mailbox))
            out[item.id] = {kind, item.lineage, item.crm_id};
    return out;
}

void Witness::before_request(const HttpRequest& request, const std::string& operation) {
    const std::string address(request.fields.get("X-AnchorMailbox"));
    check_pause(address, operation);
    if (!is_item_write(operation)) return;
    const auto mailbox = mailbox_number_of(address);
    if (!mailbox || *mailbox >= world_.options().workload.mailboxes) {
        world_.violated("scope", operation + " in a mailbox that is not configured: " + address);
        return;
    }
    mailbox_ = *mailbox;
    const bool counts = operation == "CreateItem" || operation == "DeleteItem";
    before_ = counts ? items_of(mailbox_) : std::map<std::string, Seen>();
    sequence_before_ = world_.sandbox->store().sequence(address);
}

void Witness::after_request(const HttpRequest& request, const std::string& operation,
                            const HttpResponse& response, bool heard) {
    const std::string address(request.fields.get("X-AnchorMailbox"));
    if (heard) note_pause(address, response);
    if (!is_item_write(operation) || !mailbox_number_of(address)) return;
    if (world_.sandbox->store().sequence(address) == sequence_before_) return;
    ++exchange_writes_;
    if (operation != "CreateItem" && operation != "DeleteItem") return;
    const std::map<std::string, Seen> now = items_of(mailbox_);
    for (const auto& [id, item] : before_)
        if (!now.contains(id) && operation == "DeleteItem")
            check_removal(mailbox_, item.kind, item.lineage, Side::Exchange);
    for (const auto& [id, item] : now)
        if (!before_.contains(id) && operation == "CreateItem") check_creation(mailbox_, id, item);
}

/// I1, I7: what Liaison makes is not there yet. A request that a server applies ten minutes late is
/// not its fault.
void Witness::check_creation(std::size_t mailbox, const std::string& id, const Seen& made) {
    if (world_.dice.count(FaultId::CreateAppliedLate).fired > 0) return;
    const History::Lineage* line = world_.history.find(made.lineage);
    if (!line || line->bulk_erased) return;
    std::size_t there = 0;
    for (const auto& [other, item] : items_of(mailbox))
        there += item.lineage == made.lineage && other != id ? 1 : 0;
    const std::size_t allowed = line->copies + (line->unmarked_away ? 1 : 0);
    if (there >= allowed)
        world_.violated("intent", "a second " + std::string(to_string(made.kind)) + " " +
                                      made.lineage + " is made in " + mailbox_address(mailbox) +
                                      " while the first is there");
}

/// I4: Liaison removes only what a user removed on the other side, or what left the scope.
void Witness::check_removal(std::size_t mailbox, EntityKind kind, const std::string& lineage,
                            Side side) {
    removals_[{mailbox_address(mailbox) + "/" + std::string(to_string(kind)), side}].push_back(
        world_.loop.now());
    const History::Lineage* line = world_.history.find(lineage);
    // What was moved before it carried a mark cannot be told from what was deleted (docs/limitations.md).
    if (!line || line->bulk_erased || line->left_scope || line->unmarked_away) return;
    for (const History::Erasure& erasure : line->erasures)
        if (erasure.side != side) return;
    world_.violated("deletion", std::string(to_string(kind)) + " " + lineage + " of " +
                                    mailbox_address(mailbox) + " was removed " +
                                    (side == Side::Crm ? "from the CRM" : "from Exchange") +
                                    " though nobody deleted it on the other side");
}

/// I10: no request for a mailbox before the time that the server named to it. If the answer cannot
/// have arrived (the process died, the network struck), nothing is asked.
void Witness::check_pause(const std::string& address, const std::string& operation) {
    const auto found = pauses_.find(address);
    if (found == pauses_.end()) return;
    const Pause& pause = found->second;
    const bool heard = pause.crashes == world_.crashes() && pause.faults == world_.dice.fired();
    const Timestamp now = world_.loop.now();
    if (heard && now > pause.since + std::chrono::milliseconds(200) && now < pause.until)
        world_.violated("obedience",
                        operation + " for " + address + " although Exchange asked for a pause of " +
                            std::to_string((pause.until - pause.since).count()) + " ms only " +
                            std::to_string((now - pause.since).count()) + " ms ago");
    if (!heard || now >= pause.until) pauses_.erase(found);
}

void Witness::note_pause(const std::string& address, const HttpResponse& response) {
    const auto wait = pause_in(response);
    if (!wait || address.empty()) return;
    pauses_[address] = {world_.loop.now(), world_.loop.now() + *wait, world_.crashes(),
                        world_.dice.fired()};
}

void Witness::look_at_crm() {
    for (const CrmChange& change : world_.crm->changes_by("liaison", crm_log_)) {
        crm_log_ = std::max(crm_log_, change.sequence);
        ++crm_writes_;
        if (change.removed && change.mailbox)
            check_removal(*change.mailbox, change.kind, change.lineage, Side::Crm);
    }
}

void Witness::healed() {
    look_at_crm();
}

void Witness::at_rest() {
    look_at_crm();
    // I5, as far as a run lasts less than a day: nothing beyond the guard's share in 24 hours
    // without approval.
    for (const auto& [scope, times] : removals_) {
        if (world_.approvals() > 0) break;
        const std::size_t linked = world_.history.all().size();
        if (times.size() > std::max(kGuardFloor, linked * kGuardPercent / 100) &&
            times.back() - times.front() < std::chrono::hours(24))
            world_.violated("guard",
                            std::to_string(times.size()) + " removals " +
                                (scope.second == Side::Crm ? "from the CRM" : "from Exchange") +
                                " in " + scope.first + " although nobody approved them");
    }
}

}  // namespace liaison::sim
