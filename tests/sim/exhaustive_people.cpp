#include <stdexcept>

#include "sandbox/mail_delivery.hpp"
#include "tests/sim/exhaustive_stage.hpp"

namespace liaison::sim {

namespace {

template <class Side>
std::vector<Found> find_marked(Side& side, const std::string& mark, std::size_t mailboxes) {
    std::vector<Found> out;
    const bool named = mark.find('@') != std::string::npos;
    for (std::size_t mailbox = 0; mailbox < mailboxes; ++mailbox) {
        if (named && mailbox != mailbox_of_mark(mark)) continue;
        for (const EntityKind kind : kEntityKinds)
            for (Shown& item : side.items(kind, mailbox))
                if (item.lineage == bare_mark(mark))
                    out.push_back({mailbox, kind, std::move(item)});
    }
    return out;
}

const sandbox::Folder& child_folder(sandbox::MailboxStore& store, const std::string& address,
                                    const std::string& parent, const std::string& name) {
    if (const sandbox::Folder* there = store.find_child(address, parent, name)) return *there;
    auto made = store.create_folder(address, parent, name, "");
    if (!made) throw std::runtime_error("no folder " + name + ": " + made.error().message);
    return **made;
}

std::string mime_of(const ScenarioLine& line, const std::string& mark) {
    const auto value = [&line](const char* name) {
        const auto found = line.values.find(name);
        return found == line.values.end() ? std::string() : found->second;
    };
    const std::string subject = value("subject").empty() ? mark : value("subject");
    std::string out = "From: " + value("from") + "\r\nTo: " + value("to") + "\r\n";
    if (!value("cc").empty()) out += "Cc: " + value("cc") + "\r\n";
    if (!value("id").empty()) out += "Message-ID: <" + value("id") + ">\r\n";
    if (!value("private").empty()) out += "Sensitivity: Private\r\n";
    return out + "Subject: " + subject +
           "\r\nDate: Wed, 25 Nov 2026 07:00:00 +0000\r\n\r\nText of " + subject + ".\r\n";
}

}  // namespace

std::string bare_mark(const std::string& mark) {
    return mark.substr(0, mark.find('@'));
}

std::size_t mailbox_of_mark(const std::string& mark) {
    return mark.ends_with("@1") ? 1 : 0;
}

std::vector<Found> find_items(CrmSide& crm, const std::string& mark, std::size_t mailboxes) {
    return find_marked(crm, mark, mailboxes);
}

std::vector<Found> find_items(ExchangeSide& exchange, const std::string& mark,
                              std::size_t mailboxes) {
    return find_marked(exchange, mark, mailboxes);
}

std::vector<const sandbox::Item*> find_mails(ExchangeSide& exchange, const std::string& mark) {
    const std::size_t mailbox = mailbox_of_mark(mark);
    const std::string address = mailbox_address(mailbox);
    std::vector<const sandbox::Item*> out;
    for (const sandbox::Folder* folder : exchange.store().folders(address))
        for (const sandbox::Item* item : exchange.store().items(address, folder->id)) {
            const std::string subject(item->properties.text("item:Subject"));
            if (item->kind == sandbox::ItemKind::Message &&
                subject.substr(0, subject.find(' ')) == bare_mark(mark))
                out.push_back(item);
        }
    return out;
}

void Stage::outlook(const ScenarioLine& line) {
    const std::string& verb = line.word(1);
    const std::vector<Found> found = find_items(*exchange_, line.word(2), mailboxes);
    if (found.empty()) throw std::runtime_error("the mailbox has no such item: " + line.text);
    const Found& it = found.front();
    const std::string address = mailbox_address(it.mailbox);
    sandbox::MailboxStore& store = exchange_->store();
    const std::string root = exchange_->folder(it.mailbox, exchange_folder(it.kind));
    bool done = true;
    if (verb == "delete") {
        exchange_->erase(it.mailbox, it.item);
    } else if (verb == "move") {
        const std::string& name = line.word(3);
        const std::string target =
            name.empty() ? root : child_folder(store, address, root, name).id;
        done = store.move_item(address, it.item.id, target).has_value();
    } else if (verb == "copy") {
        done = store.copy_item(address, it.item.id, it.item.folder).has_value();
    } else {
        sandbox::Item changed = *store.find_item(address, it.item.id);
        if (verb == "category")
            changed.categories.push_back(line.word(3));
        else if (verb == "private")
            changed.properties.set("item:Sensitivity", std::string("Private"));
        else
            throw std::runtime_error("Outlook cannot do this: " + line.text);
        done = store.update_item(address, std::move(changed)).has_value();
    }
    if (!done) throw std::runtime_error("Outlook was refused: " + line.text);
}

void Stage::deliver(const ScenarioLine& line) {
    const std::string mark = line.word(1);
    const std::string address = mailbox_address(mailbox_of_mark(mark));
    const std::string inbox = exchange_->folder(mailbox_of_mark(mark), "inbox");
    const std::string folder =
        line.word(2).empty() ? inbox
                             : child_folder(exchange_->store(), address, inbox, line.word(2)).id;
    sandbox::MailDelivery delivery(exchange_->store(), address, folder);
    if (!delivery.deliver(mark + address, mime_of(line, bare_mark(mark))))
        throw std::runtime_error("a mail is refused: " + line.text);
}

void Stage::drag(const ScenarioLine& line) {
    const std::string mark = line.word(1);
    const std::string address = mailbox_address(mailbox_of_mark(mark));
    const std::string inbox = exchange_->folder(mailbox_of_mark(mark), "inbox");
    const std::vector<const sandbox::Item*> found = find_mails(*exchange_, mark);
    if (found.empty()) throw std::runtime_error("there is no such mail: " + line.text);
    const std::string target =
        line.word(2).empty() ? inbox
                             : child_folder(exchange_->store(), address, inbox, line.word(2)).id;
    if (!exchange_->store().move_item(address, found.front()->id, target))
        throw std::runtime_error("a mail cannot be moved: " + line.text);
}

}  // namespace liaison::sim
