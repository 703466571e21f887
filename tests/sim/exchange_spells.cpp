#include <array>

#include "tests/sim/exchange_faults.hpp"

namespace liaison::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

Fault spell_status(std::uint32_t status, std::string retry_after = {}) {
    Fault out;
    out.kind = FaultKind::HttpStatus;
    out.status = status;
    out.text = std::move(retry_after);
    return out;
}

Fault spell_soap(std::string code, std::uint32_t back_off = 0) {
    Fault out;
    out.kind = FaultKind::SoapFault;
    out.code = std::move(code);
    out.milliseconds = back_off;
    return out;
}

Fault spell_code(std::string code) {
    Fault out;
    out.kind = FaultKind::ResponseCode;
    out.code = std::move(code);
    return out;
}

constexpr std::uint32_t kSpellFails = Reaction::CycleFailed | Reaction::Refused;

}  // namespace

void ExchangeFaults::begin_spell(Spell spell, std::uint32_t reactions) {
    watch_.struck(spell.id, spell.mailbox, reactions);
    spells_.push_back(std::move(spell));
}

void ExchangeFaults::step(const std::string& mailbox) {
    const auto lasts = [&](FaultId id, std::uint64_t from, std::uint64_t to) {
        return now_() + std::chrono::seconds(from + dice_.pick(id, to - from));
    };
    if (dice_.fires(FaultId::ThrottlingStorm)) {
        // All at once, and all may come back in the same second.
        const Timestamp until = lasts(FaultId::ThrottlingStorm, 10, 60);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now_());
        begin_spell({FaultId::ThrottlingStorm, "", "*", until, 0, 1,
                     spell_soap("ErrorServerBusy", static_cast<std::uint32_t>(left.count()))},
                    Reaction::Paused | Reaction::CycleFailed);
    }
    if (dice_.fires(FaultId::ConcurrencyLowered))
        begin_spell(
            {FaultId::ConcurrencyLowered, "", "*", lasts(FaultId::ConcurrencyLowered, 20, 120), 0,
             2, spell_soap("ErrorExceededConnectionCount")},
            Reaction::AskedAgain | Reaction::CycleFailed);
    if (dice_.fires(FaultId::StrangeErrors))
        begin_spell({FaultId::StrangeErrors, mailbox, "*", lasts(FaultId::StrangeErrors, 20, 120),
                     0, 2, spell_status(500)},
                    Reaction::AskedAgain | Reaction::CycleFailed);
    if (dice_.fires(FaultId::GreedyMailbox))
        begin_spell({FaultId::GreedyMailbox, mailbox, "*", lasts(FaultId::GreedyMailbox, 60, 400),
                     0, 1, spell_code("ErrorMailboxStoreUnavailable")},
                    kSpellFails);
    if (dice_.fires(FaultId::LongOutage))
        begin_spell({FaultId::LongOutage, "", "*", lasts(FaultId::LongOutage, 3'600, 86'400), 0, 1,
                     spell_status(dice_.pick(FaultId::LongOutage, 2) ? 502 : 504)},
                    kSpellFails);
    if (dice_.fires(FaultId::VersionFalls)) {
        static constexpr std::array<const char*, 3> codes{
            "ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion",
            "ErrorInvalidSchemaVersionForMailboxVersion"};
        begin_spell({FaultId::VersionFalls, "", "*", lasts(FaultId::VersionFalls, 20, 200), 0, 1,
                     spell_soap(codes[dice_.pick(FaultId::VersionFalls, codes.size())])},
                    kSpellFails);
    }
    if (dice_.fires(FaultId::AccessBlocked))
        begin_spell({FaultId::AccessBlocked, "", "*", lasts(FaultId::AccessBlocked, 20, 300), 0, 1,
                     spell_status(403)},
                    kSpellFails);
    if (dice_.fires(FaultId::ContainerGone)) {
        static constexpr std::array<const char*, 5> codes{
            "ErrorFolderNotFound", "ErrorAccessDenied", "ErrorNonExistentMailbox",
            "ErrorMailboxMoveInProgress", "ErrorSyncFolderNotFound"};
        const std::string code = codes[dice_.pick(FaultId::ContainerGone, codes.size())];
        const bool whole =
            code == "ErrorNonExistentMailbox" || code == "ErrorMailboxMoveInProgress";
        begin_spell({FaultId::ContainerGone, mailbox, whole ? "*" : "Sync",
                     lasts(FaultId::ContainerGone, 20, 300), 0, 1,
                     whole ? spell_soap(code) : spell_code(code)},
                    kSpellFails | Reaction::ReadAnew);
    }
    if (dice_.fires(FaultId::RightsWithdrawn)) {
        const auto form = dice_.pick(FaultId::RightsWithdrawn, 3);
        Fault fault = form == 0   ? spell_status(401)
                      : form == 1 ? spell_soap("ErrorPasswordExpired")
                                  : spell_soap("ErrorImpersonateUserDenied");
        begin_spell({FaultId::RightsWithdrawn, "", "*", lasts(FaultId::RightsWithdrawn, 20, 300), 0,
                     1, std::move(fault)},
                    kSpellFails);
    }
    if (dice_.fires(FaultId::MailboxOutOfScope))
        begin_spell(
            {FaultId::MailboxOutOfScope, mailbox, "*", lasts(FaultId::MailboxOutOfScope, 20, 300),
             0, 1, spell_soap("ErrorImpersonationDenied")},
            kSpellFails);
}

}  // namespace liaison::sim
