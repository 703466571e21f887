#include "daemon/rule_dry_run.hpp"

#include <algorithm>
#include <utility>

#include "daemon/mail/parties.hpp"

namespace liaison::daemon {

Async<Result<MailPlace>> RuleDryRun::place_of(MailboxSpec spec) {
    Result<std::vector<CrmUser>> users = co_await book_.users();
    if (!users) co_return std::unexpected(users.error());
    MailPlace place;
    place.mailbox = spec.mailbox.str();
    place.owner_addresses = {place.mailbox};
    const auto owner = std::ranges::find_if(*users, [&](const CrmUser& user) {
        return std::ranges::find(user.addresses, place.mailbox) != user.addresses.end();
    });
    if (owner != users->end()) {
        place.owner_user_id = owner->id;
        place.owner_addresses = owner->addresses;
    }
    co_return place;
}

Async<Result<void>> RuleDryRun::list_folder(std::string folder, DryRunRange range, Listing& into) {
    const bool create = false;
    std::string path = folder;
    Result<MailFolder> target = co_await source_.open_folder(std::move(path), create);
    if (!target && target.error().kind == ErrorKind::NotFound) co_return Result<void>{};
    if (!target) co_return std::unexpected(target.error());
    Cursor cursor;
    for (bool last = false; !last;) {
        Result<MessagePage> page = co_await source_.pull_messages(target->id, cursor);
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor)
            co_return fail(ErrorKind::CorruptReply, "the feed does not move on");
        last = page->is_last;
        cursor = page->next;
        std::vector<ItemKey> present;
        for (const MessageChange& change : page->changes)
            if (!change.gone) present.push_back(change.key);
        for (std::size_t begin = 0; begin < present.size(); begin += limits::message_batch) {
            const auto from = present.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto count = std::min(limits::message_batch, present.size() - begin);
            std::vector<ItemKey> keys(from, from + static_cast<std::ptrdiff_t>(count));
            const bool headers = false;
            std::vector<ItemKey> asked = keys;
            auto messages = co_await source_.get_messages(std::move(asked), headers);
            for (std::size_t i = 0; i < messages.size() && i < keys.size(); ++i) {
                const Result<MailMessage>& one = messages[i];
                if (!one && speaks_of_scope(one.error())) co_return std::unexpected(one.error());
                const Timestamp at = !one               ? Timestamp{}
                                     : one->received_at ? *one->received_at
                                                        : one->sent_at.value_or(Timestamp{});
                if (range.since && at < *range.since) continue;
                if (into.mails.size() >= range.mails_max) {
                    into.complete = false;
                    co_return Result<void>{};
                }
                into.mails.push_back({at, keys[i], folder});
            }
        }
    }
    co_return Result<void>{};
}

Async<Result<RuleDryRun::Listing>> RuleDryRun::list(MailboxSpec spec, DryRunRange range) {
    Listing found;
    std::vector<std::string> folders = range.folders;
    if (folders.empty())
        for (const FolderSpec& designated : spec.folders) folders.push_back(designated.path);
    for (const std::string& folder : folders) {
        std::string path = folder;
        Result<void> listed = co_await list_folder(std::move(path), range, found);
        if (!listed) co_return std::unexpected(listed.error());
    }
    std::ranges::sort(found.mails, {},
                      [](const Found& one) { return std::pair(one.at, one.key.str()); });
    co_return found;
}

Async<Result<DryRunResult>> RuleDryRun::run(MailboxSpec spec, rules::RuleSet before,
                                            rules::RuleSet after, DryRunRange range) {
    Result<MailPlace> owner = co_await place_of(spec);
    if (!owner) co_return std::unexpected(owner.error());
    Result<Listing> found = co_await list(spec, range);
    if (!found) co_return std::unexpected(found.error());
    const bool headers =
        before.needs_headers() || after.needs_headers() || spec.policy.wants_headers();
    DryRunResult out{RuleComparison(std::move(before), std::move(after), spec.policy), 0,
                     found->complete};
    for (std::size_t begin = 0; begin < found->mails.size(); begin += limits::message_batch) {
        const std::size_t end = std::min(found->mails.size(), begin + limits::message_batch);
        std::vector<ItemKey> keys;
        for (std::size_t i = begin; i < end; ++i) keys.push_back(found->mails[i].key);
        auto messages = co_await source_.get_messages(std::move(keys), headers);
        std::vector<std::string> addresses;
        for (const Result<MailMessage>& one : messages) {
            if (!one) continue;
            for (std::string& address : mail::addresses_of(*one))
                addresses.push_back(std::move(address));
        }
        std::ranges::sort(addresses);
        const auto repeats = std::ranges::unique(addresses);
        addresses.erase(repeats.begin(), repeats.end());
        Result<PartyMap> known = co_await book_.resolve(std::move(addresses));
        if (!known) co_return std::unexpected(known.error());
        for (std::size_t i = begin; i < end && i - begin < messages.size(); ++i) {
            const Result<MailMessage>& one = messages[i - begin];
            if (!one) {
                ++out.unreadable;
                continue;
            }
            MailPlace place = *owner;
            place.folder = found->mails[i].folder;
            for (const FolderSpec& designated : spec.folders) {
                if (designated.path != place.folder) continue;
                place.regarding_kind = designated.regarding_kind;
                place.regarding_id = designated.regarding_id;
            }
            out.comparison.add(found->mails[i].key.str(), *one, place, *known);
        }
    }
    co_return out;
}

}  // namespace liaison::daemon
