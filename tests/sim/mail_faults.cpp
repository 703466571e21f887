#include "tests/sim/mail_faults.hpp"

#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

/// The head of a mail that the postman's own contacts write: N0 is n0@customer.example.
std::string head_of(const std::string& from, const std::string& to, const std::string& more,
                    const std::string& subject) {
    return "From: " + from + "\r\nTo: " + to + "\r\n" + more + "Subject: " + subject +
           "\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\n";
}

std::string contact_address(const std::string& number) {
    return "n" + number.substr(1) + "@customer.example";
}

/// Multiparts in multiparts, and at the bottom many small parts.
std::string nested_body(std::size_t depth, std::size_t parts) {
    std::string head = "MIME-Version: 1.0\r\n";
    std::string body;
    for (std::size_t i = 0; i < depth; ++i) {
        const std::string boundary = "b" + std::to_string(i);
        head += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" +
                boundary + "\r\n";
    }
    for (std::size_t i = 0; i < parts; ++i)
        body += "Content-Type: text/plain\r\n\r\npart\r\n--b" + std::to_string(depth - 1) + "\r\n";
    body += "Content-Type: text/plain\r\n\r\nend\r\n";
    for (std::size_t i = depth; i > 0; --i) body += "--b" + std::to_string(i - 1) + "--\r\n";
    return head + body;
}

}  // namespace

bool MailFaults::fires(FaultId id) {
    if (!world_.dice.fires(id)) return false;
    watch_.struck(id, "", reaction_bit(Reaction::MailLogged));
    return true;
}

SimMail MailFaults::mail(std::size_t mailbox, std::set<std::string> contacts) {
    SimMail out;
    ++events_;
    out.mark = "M" + std::to_string(events_);
    out.contacts = std::move(contacts);
    out.words = Postman::marked_words(mix(world_.options().seed, 19, events_));
    out.bytes = out.mark + " w" + std::to_string(events_) + "m" + std::to_string(mailbox) + "zq" +
                out.words;
    return out;
}

/// F80: the inboxes of two reps, twice in one of them, four contacts in it.
void MailFaults::one_in_many_places(std::size_t mailbox) {
    SimMail one = mail(mailbox, {"N0", "N1", "N2", "N3"});
    const std::string subject = std::exchange(one.bytes, {});
    one.bytes =
        head_of(contact_address("N0"), mailbox_address(mailbox) + ", " + contact_address("N1"),
                "Cc: " + contact_address("N2") + ",\r\n " + contact_address("N3") +
                    "\r\nMessage-ID: <" + one.mark + "@customer.example>\r\n",
                subject) +
        "\r\nText of " + subject + "\r\n";
    const std::size_t other = (mailbox + 1) % world_.options().workload.mailboxes;
    world_.postman->post(one, {mailbox, other, mailbox});
    world_.tell("[F80] mail " + one.mark + " lies in two mailboxes, twice in one");
}

/// F81: one id for two mails, and a mail without.
void MailFaults::abused_ids(std::size_t mailbox) {
    const std::string shared = "Message-ID: <shared" + std::to_string(events_) + "@x.example>\r\n";
    for (int i = 0; i < 3; ++i) {
        SimMail one = mail(mailbox, {"N" + std::to_string(i)});
        const std::string subject = std::exchange(one.bytes, {});
        one.dated = i < 2;
        one.bytes = head_of(contact_address("N" + std::to_string(i)), mailbox_address(mailbox),
                            i < 2 ? shared : std::string(), subject) +
                    "\r\nText of " + subject + "\r\n";
        world_.postman->post(one, {mailbox});
        world_.tell("[F81] mail " + one.mark + (i < 2 ? " with a shared id" : " without id"));
    }
}

/// F82: out of the folder and in again at once, each time under a new item id.
void MailFaults::dragged(std::size_t mailbox) {
    const std::string address = mailbox_address(mailbox);
    const std::string designated = world_.postman->folder(mailbox);
    sandbox::MailboxStore& store = world_.sandbox->store();
    const std::string inbox = store.find_distinguished(address, "inbox")->id;
    if (store.items(address, designated).empty()) one_in_many_places(mailbox);
    const auto there = store.items(address, designated);
    std::string item = there[world_.dice.pick(FaultId::MailDragged, there.size())]->id;
    for (const std::string& target : {inbox, designated, inbox, designated}) {
        const auto moved = store.move_item(address, item, target);
        if (!moved) return;
        item = std::string((*moved)->id);
    }
    world_.tell("[F82] a mail is dragged out and in, twice");
}

/// F85: a bounce, which concerns nobody, and a mail without text.
void MailFaults::of_machines(std::size_t mailbox) {
    SimMail bounce = mail(mailbox, {});
    std::string subject = std::exchange(bounce.bytes, {});
    bounce.bytes =
        "Return-Path: <>\r\n" +
        head_of("Mail Delivery <MAILER-DAEMON@relay.example>", mailbox_address(mailbox),
                "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nMessage-ID: <" + bounce.mark +
                    "@relay.example>\r\nContent-Type: multipart/report; "
                    "report-type=delivery-status; boundary=\"r\"\r\n",
                subject) +
        "\r\n--r\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n--r\r\nContent-Type: "
        "message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: "
        "rfc822; nobody@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--r--\r\n";
    world_.postman->post(bounce, {mailbox});
    SimMail empty = mail(mailbox, {"N1"});
    subject = std::exchange(empty.bytes, {});
    empty.bytes = head_of(contact_address("N1"), mailbox_address(mailbox),
                          "Message-ID: <" + empty.mark + "@customer.example>\r\n", subject) +
                  "\r\n";
    world_.postman->post(empty, {mailbox});
    world_.tell("[F85] a bounce " + bounce.mark + " and an empty mail " + empty.mark);
}

/// F88.
void MailFaults::nested(std::size_t mailbox) {
    SimMail one = mail(mailbox, {"N2"});
    const std::string subject = std::exchange(one.bytes, {});
    const std::size_t depth = 10 + world_.dice.pick(FaultId::MimeBomb, 150);
    one.bytes = head_of("\"Group, A\" <" + contact_address("N2") + ">",
                        "A:" + mailbox_address(mailbox) + ";, B:C:;;",
                        "Message-ID: <" + one.mark + "@customer.example>\r\n", subject) +
                nested_body(depth, world_.dice.pick(FaultId::MimeBomb, 2'000));
    world_.postman->post(one, {mailbox});
    world_.tell("[F88] mail " + one.mark + " of " + std::to_string(depth) + " levels");
}

/// F84: an address moves from one field of its contact to another, the contact gets a second one.
void MailFaults::contact_changes() {
    const std::string number =
        "N" + std::to_string(world_.dice.pick(FaultId::ContactChangedLater, Postman::kContacts));
    world_.crm->script("UPDATE contact SET email2 = '" + contact_address(number) +
                       "', email1 = 'new." + contact_address(number) + "' WHERE number = '" +
                       number + "'");
    world_.tell("[F84] contact " + number + " gets another first address");
}

void MailFaults::step(std::size_t mailbox) {
    if (fires(FaultId::OneMailManyPlaces)) one_in_many_places(mailbox);
    if (fires(FaultId::MessageIdAbused)) abused_ids(mailbox);
    if (fires(FaultId::MailDragged)) dragged(mailbox);
    if (fires(FaultId::MachineMail)) of_machines(mailbox);
    if (fires(FaultId::MimeBomb)) nested(mailbox);
    if (fires(FaultId::ContactChangedLater)) {
        contact_changes();
        one_in_many_places(mailbox);
    }
}

}  // namespace liaison::sim
