#include "tests/sim/exchange_faults.hpp"

#include <algorithm>
#include <array>

#include "core/http_message.hpp"
#include "core/text.hpp"
#include "net/deadline.hpp"

namespace liaison::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

constexpr std::chrono::minutes kHeldCreate{10};
constexpr std::uint32_t kFails = Reaction::CycleFailed | Reaction::AskedAgain;
constexpr std::uint32_t kOutcome =
    Reaction::AskedAgain | Reaction::LookedUp | Reaction::Settled | Reaction::CycleFailed;

Fault fault_of(FaultKind kind, std::uint32_t count = 1) {
    Fault out;
    out.kind = kind;
    out.count = count;
    return out;
}

Fault soap_fault_of(std::string code, std::uint32_t milliseconds = 0) {
    Fault out;
    out.kind = FaultKind::SoapFault;
    out.code = std::move(code);
    out.milliseconds = milliseconds;
    return out;
}

Fault status_of(std::uint32_t status, std::string retry_after = {}) {
    Fault out;
    out.kind = FaultKind::HttpStatus;
    out.status = status;
    out.text = std::move(retry_after);
    return out;
}

Fault code_of(std::string code) {
    Fault out;
    out.kind = FaultKind::ResponseCode;
    out.code = std::move(code);
    return out;
}

/// "Wed, 25 Nov 2026 08:15:00 GMT" (RFC 9110, 5.6.7).
std::string http_date_of(Timestamp at) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::string iso = format_timestamp(at);
    const auto day = std::chrono::floor<std::chrono::days>(at.time_since_epoch()).count();
    return std::string(days[static_cast<std::size_t>((day + 4) % 7)]) + ", " + iso.substr(8, 2) +
           " " + months[static_cast<std::size_t>(std::stoi(iso.substr(5, 2)) - 1)] + " " +
           iso.substr(0, 4) + " " + iso.substr(11, 8) + " GMT";
}

/// RFC 9110, 10.2.3, and what servers make of it.
std::string retry_after_text(std::uint64_t form, Timestamp now) {
    switch (form) {
        case 0:
            return "";
        case 1:
            return "0";
        case 2:
            return "1";
        case 3:
            return "30";
        case 4:
            return "120";
        case 5:
            return "86400";
        case 6:
            return "-5";
        case 7:
            return "soon";
        case 8:
            return "99999999999999999999";
        default:
            return http_date_of(now + std::chrono::seconds(45));
    }
}

bool writes(const std::string& operation) {
    return operation == "CreateItem" || operation == "UpdateItem" || operation == "DeleteItem" ||
           operation == "MoveItem";
}

}  // namespace

ExchangeFaults::ExchangeFaults(FaultDice& dice, FeltWatch& watch, sandbox::Sandbox& sandbox,
                               std::function<Timestamp()> now)
    : dice_(dice), watch_(watch), sandbox_(sandbox), now_(std::move(now)) {
    sandbox_.faults().source = [this](std::string_view operation, std::string_view mailbox) {
        return next(std::string(operation), std::string(mailbox));
    };
    sandbox_.faults().carried_out = [this](std::string_view operation, std::string_view mailbox) {
        after(std::string(operation), std::string(mailbox));
    };
}

ExchangeFaults::~ExchangeFaults() {
    sandbox_.faults().source = nullptr;
    sandbox_.faults().carried_out = nullptr;
}

void ExchangeFaults::heal() {
    spells_.clear();
    if (on_recovered)
        for (const std::string& item : sandbox_.faults().poisoned()) on_recovered(item);
    sandbox_.faults().clear();
}

bool ExchangeFaults::troubled(const std::string& mailbox) const {
    return std::any_of(spells_.begin(), spells_.end(), [&](const Spell& spell) {
        return spell.until > now_() && (spell.mailbox.empty() || iequals(spell.mailbox, mailbox));
    });
}

bool ExchangeFaults::fires(FaultId id, const std::string& mailbox, std::uint32_t reactions) {
    if (!dice_.fires(id)) return false;
    watch_.struck(id, mailbox, reactions);
    return true;
}

std::optional<Fault> ExchangeFaults::next(const std::string& operation,
                                          const std::string& mailbox) {
    seen_ = sandbox_.store().sequence(mailbox);
    if (auto fault = of_spell(operation, mailbox)) return fault;
    if (auto fault = of_feed(operation, mailbox)) return fault;
    if (auto fault = of_batch(operation, mailbox)) return fault;
    return of_any(mailbox);
}

std::optional<Fault> ExchangeFaults::of_spell(const std::string& operation,
                                              const std::string& mailbox) {
    std::erase_if(spells_, [&](const Spell& spell) { return spell.until <= now_(); });
    for (std::size_t i = 0; i < spells_.size(); ++i) {
        Spell& spell = spells_[i];
        if (!spell.mailbox.empty() && !iequals(spell.mailbox, mailbox)) continue;
        if (spell.operation != "*" && !operation.starts_with(spell.operation)) continue;
        if (spell.one_in > 1 && mix(++calls_, spell.one_in) % spell.one_in != 0) continue;
        Fault fault = spell.fault;
        if (spell.left == 1)
            spells_.erase(spells_.begin() + static_cast<std::ptrdiff_t>(i));
        else if (spell.left > 1)
            --spell.left;
        return fault;
    }
    return std::nullopt;
}

std::optional<Fault> ExchangeFaults::of_feed(const std::string& operation,
                                             const std::string& mailbox) {
    const auto some = [&](FaultId id, std::uint64_t most) {
        return 1 + static_cast<std::uint32_t>(dice_.pick(id, most));
    };
    if (operation.starts_with("Find")) {
        if (operation == "FindItem" &&
            fires(FaultId::ShiftedPaging, mailbox, reaction_bit(Reaction::PageAsked)))
            return fault_of(FaultKind::ShortPage, some(FaultId::ShiftedPaging, 2));
        if (operation == "FindItem" &&
            fires(FaultId::EmptyListing, mailbox, Reaction::PageAsked | Reaction::LookedUp))
            return fault_of(FaultKind::EmptyListing);
        return std::nullopt;
    }
    if (operation != "SyncFolderItems") return std::nullopt;
    const std::uint32_t next_page = reaction_bit(Reaction::PageAsked);
    if (fires(FaultId::InvalidSyncState, mailbox, Reaction::ReadAnew | Reaction::CycleFailed)) {
        if (dice_.pick(FaultId::InvalidSyncState, 2) == 1)
            spells_.push_back({FaultId::InvalidSyncState, mailbox, operation,
                               now_() + std::chrono::minutes(2), 1, 1,
                               fault_of(FaultKind::InvalidSyncState)});
        return fault_of(FaultKind::InvalidSyncState);
    }
    if (fires(FaultId::OldGeneration, mailbox, Reaction::ItemsRead | Reaction::PageAsked))
        return fault_of(FaultKind::OldGeneration, some(FaultId::OldGeneration, 40));
    if (fires(FaultId::EmptyPageMore, mailbox, next_page))
        return fault_of(FaultKind::EmptyPageMore);
    if (fires(FaultId::FeedLoops, mailbox, kFails)) return fault_of(FaultKind::LoopingFeed);
    if (fires(FaultId::DelayedVisibility, mailbox, Reaction::ItemsRead | Reaction::PageAsked))
        return fault_of(FaultKind::HiddenChanges, some(FaultId::DelayedVisibility, 5));
    if (fires(FaultId::FalseRemoval, mailbox, reaction_bit(Reaction::LookedUp)))
        return fault_of(FaultKind::FalseRemoval, some(FaultId::FalseRemoval, 50));
    if (fires(FaultId::TwiceInPage, mailbox, Reaction::ItemsRead | Reaction::PageAsked))
        return fault_of(FaultKind::TwiceInPage);
    if (fires(FaultId::EmptyListing, mailbox, next_page)) return fault_of(FaultKind::EmptyListing);
    return std::nullopt;
}

std::optional<Fault> ExchangeFaults::of_batch(const std::string& operation,
                                              const std::string& mailbox) {
    const bool reads = operation == "GetItem";
    if (!reads && !writes(operation)) return std::nullopt;
    if (operation == "UpdateItem" &&
        fires(FaultId::ConflictRepeated, mailbox, Reaction::ItemsRead | Reaction::WroteAgain)) {
        const auto times = dice_.pick(FaultId::ConflictRepeated, 3);
        Fault conflict = code_of("ErrorIrresolvableConflict");
        if (times > 0)
            spells_.push_back({FaultId::ConflictRepeated, mailbox, operation,
                               now_() + std::chrono::minutes(5), static_cast<std::uint32_t>(times),
                               1, conflict});
        return conflict;
    }
    if (fires(FaultId::MixedBatch, mailbox, kOutcome)) {
        static constexpr std::array<const char*, 5> codes{
            "ErrorServerBusy", "ErrorAccessDenied", "ErrorTimeoutExpired",
            "ErrorInternalServerError", "ErrorMailboxStoreUnavailable"};
        Fault fault;
        fault.kind = FaultKind::MixedBatch;
        fault.code = codes[dice_.pick(FaultId::MixedBatch, codes.size())];
        fault.mask = 1 + static_cast<std::uint32_t>(dice_.pick(FaultId::MixedBatch, 255));
        return fault;
    }
    if (fires(FaultId::PartMissing, mailbox, kOutcome))
        return fault_of(FaultKind::PartMissing,
                        static_cast<std::uint32_t>(dice_.pick(FaultId::PartMissing, 3)));
    if (fires(FaultId::BatchStopped, mailbox, kOutcome | Reaction::WroteAgain))
        return fault_of(FaultKind::BatchStopped,
                        static_cast<std::uint32_t>(dice_.pick(FaultId::BatchStopped, 3)));
    if (!reads) return std::nullopt;
    if (fires(FaultId::BatchRefused, mailbox, Reaction::ItemsRead | Reaction::CycleFailed))
        return fault_of(FaultKind::PoisonedItem,
                        static_cast<std::uint32_t>(dice_.pick(FaultId::BatchRefused, 8)));
    if (fires(FaultId::UnknownShapes, mailbox, Reaction::CrmWritten | Reaction::PageAsked))
        return fault_of(FaultKind::UnknownElements);
    return std::nullopt;
}

std::optional<Fault> ExchangeFaults::of_any(const std::string& mailbox) {
    if (fires(FaultId::RetryAfterForms, mailbox, Reaction::Paused | Reaction::CycleFailed)) {
        const std::uint32_t status = dice_.pick(FaultId::RetryAfterForms, 2) ? 503 : 429;
        const std::uint64_t form = dice_.pick(FaultId::RetryAfterForms, 10);
        const bool day = form == 5 || form == 8;
        asked_until_ = std::max(
            asked_until_, now_() + (day ? std::chrono::seconds(86'400) : std::chrono::seconds(120)));
        return status_of(status, retry_after_text(form, now_()));
    }
    if (fires(FaultId::ServerBusy, mailbox, Reaction::Paused | Reaction::CycleFailed)) {
        static constexpr std::array<std::uint32_t, 4> waits{0, 500, 20'000, 600'000};
        return soap_fault_of("ErrorServerBusy", waits[dice_.pick(FaultId::ServerBusy, 4)]);
    }
    return std::nullopt;
}

void ExchangeFaults::after(const std::string& operation, const std::string& mailbox) {
    const bool stores = operation == "CreateItem" || operation == "UpdateItem";
    if (stores &&
        fires(FaultId::ValueNormalised, mailbox, Reaction::ItemsRead | Reaction::PageAsked))
        normalise_newest(mailbox);
    if (operation == "FindItem" && on_paging && dice_.open(FaultId::ShiftedPaging) > 0)
        on_paging(mailbox);
}

/// Exchange stores texts with CR LF, cuts blanks at the end, and gives a new change key (mixed in:
/// nothing but the key).
void ExchangeFaults::normalise_newest(const std::string& mailbox) {
    sandbox::MailboxStore& store = sandbox_.store();
    const sandbox::Item* newest = nullptr;
    for (const sandbox::Folder* folder : store.folders(mailbox))
        for (const sandbox::Item* item : store.items(mailbox, folder->id))
            if (item->change_sequence > seen_ &&
                (!newest || item->change_sequence > newest->change_sequence))
                newest = item;
    if (!newest) return;
    sandbox::Item changed = *newest;
    if (dice_.pick(FaultId::ValueNormalised, 3) > 0) {
        std::string body;
        for (const char c : newest->properties.text("item:Body")) {
            if (c == '\n' && !body.ends_with('\r')) body += '\r';
            body += c;
        }
        if (!body.empty()) changed.properties.set("item:Body", body + "\r\n");
        std::string subject(newest->properties.text("item:Subject"));
        while (subject.ends_with(' ')) subject.pop_back();
        if (!subject.empty()) changed.properties.set("item:Subject", subject);
    }
    (void)store.update_item(mailbox, std::move(changed));
}

Async<void> ExchangeFaults::hold(SeenRequest request) {
    if (request.operation == "UpdateItem" && on_gap &&
        fires(FaultId::EditInTheGap, request.mailbox, Reaction::ItemsRead | Reaction::CrmWritten))
        on_gap(request.mailbox, request.item);
    if (request.operation != "CreateItem" || !dice_.fires(FaultId::CreateAppliedLate)) co_return;
    watch_.struck(FaultId::CreateAppliedLate, request.mailbox,
                  Reaction::LookedUp | Reaction::Settled | Reaction::CycleFailed);
    const Timestamp until = now_() + kHeldCreate;
    while (now_() < until && !dice_.healed()) {
        const std::chrono::milliseconds step(5'000);
        co_await net::sleep_for(step);
    }
}

}  // namespace liaison::sim
