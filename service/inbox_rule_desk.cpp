#include "service/inbox_rule_desk.hpp"

namespace liaison::service {

namespace {

rules::InboxScope inbox_scope(const MailboxId& mailbox, const InboxRuleDesk::Box& box) {
    rules::InboxScope scope{mailbox.str(), {}};
    for (const daemon::FolderSpec& folder : box.folders)
        scope.designated.push_back({folder.path, folder.subfolders});
    return scope;
}

}  // namespace

/// Folders of a rule by their ids. A folder that is missing keeps its rule out of the mailbox.
Async<Result<void>> InboxRuleDesk::resolve(Box box, rules::InboxDraft draft, bool create,
                                           InboxRuleReport& report) {
    rules::WantedInboxRule wanted{draft.rule_id, draft.display_name, draft.rule};
    const std::pair<std::string, FolderId*> folders[] = {
        {draft.move_path, &wanted.rule.actions.move_to},
        {draft.copy_path, &wanted.rule.actions.copy_to}};
    for (const auto& [path, id] : folders) {
        if (path.empty()) continue;
        std::string asked = path;
        Result<MailFolder> folder = co_await box.source->open_folder(std::move(asked), create);
        const bool none = !folder && (folder.error().kind == ErrorKind::NotFound ||
                                      folder.error().kind == ErrorKind::Unsupported);
        if (!folder && !none) co_return std::unexpected(folder.error());
        if (folder)
            *id = folder->id;
        else if (!create)
            *id = FolderId("missing:" + path);
        if (!folder && create)
            co_return fail(ErrorKind::NotFound,
                           "the folder of rule \"" + draft.display_name + "\" cannot be made");
    }
    report.wanted.push_back(std::move(wanted));
    co_return Result<void>{};
}

Async<Result<InboxRuleReport>> InboxRuleDesk::look(MailboxId mailbox, Box box,
                                                   bool create_folders) {
    if (box.rules == nullptr)
        co_return fail(ErrorKind::Unsupported, "inbox rules are reached over EWS only so far");
    auto document = book_.document_for(mailbox.str());
    if (!document) co_return fail(ErrorKind::Internal, "the rules in force cannot be read again");
    InboxRuleReport report;
    report.mailbox = mailbox;
    report.may_push = box.may_push;
    rules::InboxCompilation compiled =
        rules::compile_inbox_rules(*document, inbox_scope(mailbox, box));
    report.staying = std::move(compiled.staying);
    for (rules::InboxDraft& draft : compiled.drafts) {
        Result<void> resolved = co_await resolve(box, std::move(draft), create_folders, report);
        if (!resolved) co_return std::unexpected(resolved.error());
    }
    Result<InboxRuleList> standing = co_await box.rules->read_rules();
    if (!standing) co_return std::unexpected(standing.error());
    report.outlook_rules = standing->outlook_rules;
    report.plan = rules::plan_inbox_rules(report.wanted, *standing);
    for (const rules::WantedInboxRule& wanted : report.wanted)
        for (const FolderId* folder : {&wanted.rule.actions.move_to, &wanted.rule.actions.copy_to})
            if (folder->str().starts_with("missing:"))
                report.plan.notes.push_back("the folder \"" + folder->str().substr(8) +
                                            "\" is missing; pushing makes it");
    co_return report;
}

Async<Result<InboxRuleReport>> InboxRuleDesk::report(MailboxId mailbox) {
    auto box = find_(mailbox);
    if (!box) co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    co_return co_await look(std::move(mailbox), std::move(*box), false);
}

Async<Result<InboxRuleReport>> InboxRuleDesk::push(MailboxId mailbox) {
    auto box = find_(mailbox);
    if (!box) co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    if (!box->may_push)
        co_return fail(ErrorKind::Forbidden,
                       "the configuration does not let inbox rules be written for this mailbox "
                       "(inbox_rules = true)");
    Box first = *box;
    MailboxId asked = mailbox;
    Result<InboxRuleReport> report = co_await look(std::move(asked), std::move(first), true);
    if (!report || report->plan.in_step()) co_return report;
    if (report->outlook_rules && !box->may_remove_outlook_rules)
        co_return fail(ErrorKind::Forbidden,
                       "Outlook keeps rules of its own in this mailbox; writing would lose those "
                       "that are switched off and those for mail that is being sent. Allow it with "
                       "remove_outlook_rules = true");
    InboxRuleChange change = report->plan.change;
    // Without the consent the server itself refuses, should Outlook have come in between.
    change.remove_outlook_rules = box->may_remove_outlook_rules && report->outlook_rules;
    log_.write(LogLevel::Info, "inbox_rules_pushed",
               {{"mailbox", mailbox.str()},
                {"created", std::to_string(change.create.size())},
                {"replaced", std::to_string(change.replace.size())},
                {"removed", std::to_string(change.remove.size())}});
    Result<void> written = co_await box->rules->write_rules(std::move(change));
    if (!written) co_return std::unexpected(written.error());
    Result<InboxRuleReport> now = co_await look(std::move(mailbox), std::move(*box), false);
    if (!now) co_return now;
    now->pushed = true;
    co_return now;
}

}  // namespace liaison::service
