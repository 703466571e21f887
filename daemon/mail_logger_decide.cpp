#include <algorithm>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail_logger.hpp"

namespace liaison::daemon {

namespace {

std::vector<std::string> all_addresses(const std::vector<Result<MailMessage>>& messages) {
    std::set<std::string> addresses;
    for (const Result<MailMessage>& message : messages)
        if (message)
            for (std::string& address : mail::addresses_of(*message))
                addresses.insert(std::move(address));
    return {addresses.begin(), addresses.end()};
}

DecidedMail decided_mail(const IntakeRow& row, const Result<MailMessage>& message,
                         MailDecision decision, bool mark_mail, Timestamp now) {
    DecidedMail out;
    out.row = row.id;
    out.decision = std::move(decision);
    out.next = next_state(out.decision, mark_mail);
    out.at = now;
    if (message) {
        out.message_id = mail::normal_message_id(message->internet_message_id);
        std::string raw(trim(message->internet_message_id));
        if (!out.message_id.empty() && raw != "<" + out.message_id + ">")
            out.raw_message_id = std::move(raw);
        out.thread_keys = mail::thread_keys_of(*message);
    }
    return out;
}

}  // namespace

Async<Result<void>> MailLogger::decide(MailboxSpec spec, rules::RuleSet rules, Owner owner,
                                       MailCycleReport& report) {
    Result<Batch> rows =
        co_await store_.rows(spec.mailbox, IntakeState::New, clock_.now(), limits::message_batch);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return Result<void>{};
    std::vector<ItemKey> keys;
    for (const IntakeRow& row : *rows) keys.push_back(row.key);
    const bool headers = rules.needs_headers() || spec.policy.wants_headers();
    Messages messages = co_await source_.get_messages(std::move(keys), headers);
    if (messages.size() != rows->size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read of messages answered another number than asked");
    for (const Result<MailMessage>& message : messages)
        if (!message && speaks_of_scope(message.error()))
            co_return std::unexpected(message.error());
    Result<void> put_off = co_await put_off_corrupt(*rows, messages);
    if (!put_off) co_return put_off;
    if (rows->empty()) co_return Result<void>{};
    Result<Earlier> earlier = co_await find_earlier(*rows, messages);
    if (!earlier) co_return std::unexpected(earlier.error());
    Result<void> adopted = co_await adopt_moved(spec, *rows, messages, *earlier, report);
    if (!adopted) co_return adopted;
    Batch batch = *rows;
    Result<std::vector<MailDecision>> decisions =
        co_await decide_batch(spec, std::move(rules), std::move(owner), std::move(batch), messages,
                              std::move(*earlier));
    if (!decisions) co_return std::unexpected(decisions.error());

    fresh_.clear();
    std::vector<DecidedMail> decided;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        decided.push_back(decided_mail((*rows)[i], messages[i], std::move((*decisions)[i]),
                                       spec.mark_mail, clock_.now()));
        if (decided.back().next == IntakeState::ToLog && messages[i])
            fresh_.emplace(decided.back().row, std::move(*messages[i]));
    }
    report.decided += decided.size();
    Result<void> committed = co_await store_.commit_decisions(std::move(decided));
    co_return committed;
}

/// An answer that made no sense says nothing of the mail: it is read again later, and given up only
/// when that never helps.
Async<Result<void>> MailLogger::put_off_corrupt(Batch& rows, Messages& messages) {
    std::vector<MailProgress> progress;
    Batch kept_rows;
    Messages kept_messages;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool corrupt = !messages[i] && messages[i].error().kind == ErrorKind::CorruptReply;
        if (corrupt && rows[i].attempts + 1 < limits::attempts_max) {
            progress.push_back(failed_step(rows[i], messages[i].error()));
            continue;
        }
        kept_rows.push_back(std::move(rows[i]));
        kept_messages.push_back(std::move(messages[i]));
    }
    rows = std::move(kept_rows);
    messages = std::move(kept_messages);
    if (progress.empty()) co_return Result<void>{};
    Result<void> recorded = co_await store_.record_progress(std::move(progress));
    co_return recorded;
}

Async<Result<MailLogger::Earlier>> MailLogger::find_earlier(Batch rows, const Messages& messages) {
    std::vector<MessageIdentity> identities;
    for (const Result<MailMessage>& message : messages)
        if (message) identities.push_back(mail::identify(*message));
    Result<Earlier> found = co_await store_.find_identities(std::move(identities));
    if (!found) co_return found;
    std::erase_if(*found, [&](const auto& entry) {
        return std::ranges::any_of(
            rows, [&](const IntakeRow& row) { return row.id == entry.second.id; });
    });
    co_return found;
}

/// Which of the rows are logged mails of this mailbox whose old key leads nowhere any more.
Async<Result<std::vector<std::size_t>>> MailLogger::find_moved(MailboxSpec spec, Batch rows,
                                                               const Messages& messages,
                                                               const Earlier& earlier) {
    std::vector<std::size_t> moved, asked;
    std::vector<ItemKey> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!messages[i]) continue;
        const auto known = earlier.find(mail::identify(*messages[i]));
        if (known == earlier.end() || known->second.decision.outcome != MailOutcome::Log ||
            known->second.mailbox != spec.mailbox || known->second.key == rows[i].key)
            continue;
        if (known->second.gone) {
            moved.push_back(i);
            continue;
        }
        asked.push_back(i);
        keys.push_back(known->second.key);
    }
    if (keys.empty()) co_return moved;
    Messages present = co_await source_.get_messages(std::move(keys), false);
    if (present.size() != asked.size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read of messages answered another number than asked");
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (present[i]) continue;
        if (speaks_of_scope(present[i].error())) co_return std::unexpected(present[i].error());
        if (present[i].error().kind == ErrorKind::NotFound) moved.push_back(asked[i]);
    }
    co_return moved;
}

Async<Result<void>> MailLogger::adopt_moved(MailboxSpec spec, Batch& rows, Messages& messages,
                                            const Earlier& earlier, MailCycleReport& report) {
    Result<std::vector<std::size_t>> moved = co_await find_moved(spec, rows, messages, earlier);
    if (!moved) co_return std::unexpected(moved.error());
    std::set<std::size_t> adopted;
    std::set<std::int64_t> served;  // two copies of one lost mail: the first is it
    for (const std::size_t i : *moved) {
        const MessageIdentity identity = mail::identify(*messages[i]);
        const std::int64_t original = earlier.at(identity).id;
        if (!served.insert(original).second) continue;
        ItemKey new_key = rows[i].key;
        const std::optional<ItemKey> key = new_key;
        Result<void> linked = co_await move_link(identity, std::move(new_key));
        if (!linked) co_return linked;
        Result<void> recorded =
            co_await store_.record_search(original, key, std::nullopt, clock_.now());
        if (!recorded) co_return recorded;
        adopted.insert(i);
        ++report.found_again;
    }
    if (adopted.empty()) co_return Result<void>{};
    Batch rows_left;
    Messages messages_left;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (adopted.contains(i)) continue;
        rows_left.push_back(std::move(rows[i]));
        messages_left.push_back(std::move(messages[i]));
    }
    rows = std::move(rows_left);
    messages = std::move(messages_left);
    co_return Result<void>{};
}

MailPlace MailLogger::place_of(const MailboxSpec& spec, const Owner& owner,
                               const IntakeRow& row) const {
    MailPlace place{spec.mailbox.str(), path_of(row.folder), owner.id, owner.addresses};
    if (const WatchedFolder* watched = folders_.find(row.folder)) {
        place.regarding_kind = watched->regarding_kind;
        place.regarding_id = watched->regarding_id;
    }
    return place;
}

Async<Result<std::vector<MailDecision>>> MailLogger::decide_batch(
    MailboxSpec spec, rules::RuleSet rules, Owner owner, Batch rows, const Messages& messages,
    Earlier earlier) {
    std::vector<std::string> asked = all_addresses(messages);
    Result<PartyMap> parties = co_await book_.resolve(std::move(asked));
    if (!parties) co_return std::unexpected(parties.error());
    std::vector<std::vector<ThreadKey>> keys;
    for (const Result<MailMessage>& message : messages)
        keys.push_back(message ? mail::thread_keys_to_look_for(*message)
                               : std::vector<ThreadKey>());
    auto stored = co_await store_.find_threads(std::move(keys));
    if (!stored) co_return std::unexpected(stored.error());
    BatchThreads threads(std::move(*stored), clock_.now());
    std::vector<MailDecision> decisions;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!messages[i]) {
            decisions.push_back(decision_without_facts(messages[i].error()));
            decisions.back().folder = path_of(rows[i].folder);
            continue;
        }
        const MessageIdentity identity = mail::identify(*messages[i]);
        const auto known = earlier.find(identity);
        const IntakeRow* first = known == earlier.end() ? nullptr : &known->second;
        const mail::ThreadGuide thread = threads.guide(i, *messages[i], identity);
        MailDecision decision =
            decide_message(*messages[i], identity, *parties, rules, spec.policy,
                           place_of(spec, owner, rows[i]), first, rows[i].choice, thread);
        folders_.route(rows[i].folder, decision);
        threads.add(rows[i], *messages[i], decision);
        // Copies inside one batch: the first one binds the later ones as if it had been stored.
        if (known == earlier.end() && is_binding(decision)) {
            IntakeRow row = rows[i];
            row.decision = decision;
            earlier.emplace(identity, std::move(row));
        }
        decisions.push_back(std::move(decision));
    }
    co_return decisions;
}

Async<Result<std::vector<DryRunLine>>> MailLogger::dry_run(MailboxSpec spec, rules::RuleSet rules,
                                                           std::string folder, std::size_t max) {
    Result<MailFolder> target = co_await source_.open_folder(folder, false);
    if (!target) co_return std::unexpected(target.error());
    Result<Owner> owner = co_await find_owner(spec);
    if (!owner) co_return std::unexpected(owner.error());
    dry_folder_ = *target;
    const bool headers = rules.needs_headers() || spec.policy.wants_headers();
    std::vector<DryRunLine> lines;
    Cursor cursor;
    for (bool last = false; !last && lines.size() < max;) {
        Result<MessagePage> page = co_await source_.pull_messages(target->id, cursor);
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor)
            co_return fail(ErrorKind::CorruptReply, "the feed does not move on");
        last = page->is_last;
        cursor = page->next;
        for (std::size_t begin = 0; begin < page->changes.size() && lines.size() < max;
             begin += limits::message_batch) {
            Batch rows;
            std::vector<ItemKey> keys;
            const std::size_t end =
                std::min(page->changes.size(), begin + limits::message_batch);
            for (std::size_t i = begin; i < end; ++i) {
                IntakeRow row;
                row.id = static_cast<std::int64_t>(lines.size() + rows.size() + 1);
                row.key = page->changes[i].key;
                row.folder = target->id;
                keys.push_back(row.key);
                rows.push_back(std::move(row));
            }
            Messages messages = co_await source_.get_messages(std::move(keys), headers);
            if (messages.size() != rows.size())
                co_return fail(ErrorKind::CorruptReply, "a read answered too few messages");
            Batch batch = rows;
            Earlier none;
            Result<std::vector<MailDecision>> decisions = co_await decide_batch(
                spec, rules, *owner, std::move(batch), messages, std::move(none));
            if (!decisions) co_return std::unexpected(decisions.error());
            for (std::size_t i = 0; i < rows.size(); ++i)
                lines.push_back(DryRunLine{rows[i].key, folder, std::move((*decisions)[i])});
        }
    }
    if (lines.size() > max) lines.resize(max);
    co_return lines;
}

}  // namespace liaison::daemon
