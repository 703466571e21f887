#include "tests/sim/postman.hpp"

#include <array>
#include <stdexcept>

#include "sandbox/mail_item.hpp"

namespace liaison::sim {

namespace {

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

std::string address_of_contact(const std::string& number) {
    return lower(number) + "@customer.example";
}

std::string mark_of_subject(std::string_view subject) {
    return std::string(subject.substr(0, subject.find(' ')));
}

std::string mail_date(Timestamp now) {
    const std::string text = format_timestamp(now);  // 2026-11-25T08:00:00.000Z
    return "Wed, " + text.substr(8, 2) + " Nov 2026 " + text.substr(11, 8) + " +0000";
}

}  // namespace

void Postman::furnish() {
    for (std::size_t i = 0; i < kContacts; ++i) {
        const std::string number = "N" + std::to_string(i);
        crm_.script("INSERT INTO contact(number, display_name, email1) VALUES('" + number +
                    "', 'Contact " + number + "', '" + address_of_contact(number) + "')");
    }
}

std::string Postman::marked_words(std::uint64_t chance) {
    static constexpr std::array<const char*, 6> words{"", "", " amber", " amber", " cobalt",
                                                      " amber cobalt"};
    return words[chance % words.size()];
}

Timestamp Postman::now() const {
    return Timestamp(std::chrono::milliseconds(exchange_.store().now()));
}

std::string Postman::find_folder(std::size_t mailbox, const std::string& name) const {
    const std::string address = mailbox_address(mailbox);
    sandbox::MailboxStore& store = exchange_.store();
    const sandbox::Folder* inbox = store.find_distinguished(address, "inbox");
    const sandbox::Folder* found = store.find_child(address, inbox->id, name);
    return found ? found->id : std::string();
}

std::string Postman::folder(std::size_t mailbox) {
    std::string found = find_folder(mailbox, "CRM");
    if (!found.empty()) return found;
    const std::string address = mailbox_address(mailbox);
    const auto made = exchange_.store().create_folder(
        address, exchange_.store().find_distinguished(address, "inbox")->id, "CRM", "IPF.Note");
    if (!made) throw std::runtime_error(made.error().message);
    return (*made)->id;
}

std::multiset<std::string> Postman::in_folder(std::size_t mailbox) {
    std::multiset<std::string> out;
    const std::string filed = find_folder(mailbox, "Filed");
    for (const std::string& place : {folder(mailbox), filed})
        if (!place.empty())
            for (const sandbox::Item* item :
                 exchange_.store().items(mailbox_address(mailbox), place))
                out.insert(mark_of_subject(item->properties.text("item:Subject")));
    return out;
}

std::string Postman::act(const Event& event, Timestamp now) {
    Draw draw(event.dice);
    switch (event.verb) {
        case Verb::MailArrives:
            return arrive(event, draw, now);
        case Verb::MailAgain:
            return again(event, draw);
        case Verb::MailDragged:
            return drag(event, draw);
        case Verb::ContactMet:
            return meet(draw);
        default:
            return {};
    }
}

void Postman::deliver(std::size_t mailbox, const SimMail& mail) {
    sandbox::MailItem item = sandbox::mail_item_from_mime(mail.bytes, exchange_.store().now());
    item.item.properties.set("item:IsDraft", std::string("false"));
    const auto stored = exchange_.store().create_item(
        mailbox_address(mailbox), folder(mailbox), std::move(item.item), std::move(item.content));
    if (!stored) throw std::runtime_error(stored.error().message);
}

std::string Postman::arrive(const Event& event, Draw& draw, Timestamp now) {
    SimMail mail;
    mail.mark = "M" + std::to_string(event.number);
    const std::string rep = mailbox_address(event.mailbox);
    std::string contact = "N" + std::to_string(draw.below(kContacts));
    const bool stranger = draw.one_in(4);
    if (stranger) {
        if (strangers_.empty() || draw.one_in(2))
            strangers_.insert("S" + std::to_string(++strangers_made_));
        auto chosen = strangers_.begin();
        std::advance(chosen, static_cast<std::ptrdiff_t>(draw.below(strangers_.size())));
        contact = *chosen;
    }
    mail.contacts.insert(contact);
    const bool outbound = draw.one_in(4);
    std::string from = address_of_contact(contact);
    std::string to = rep;
    if (outbound) std::swap(from, to);
    std::string second;
    if (!stranger && draw.one_in(4)) {
        second = "N" + std::to_string(draw.below(kContacts));
        mail.contacts.insert(second);
    }
    const std::uint64_t shape = draw.below(10);
    mail.words = marked_words(mix(event.dice, 91));
    mail.arrived = now;
    const std::string subject = mail.mark + " w" + std::to_string(event.number) + "m" +
                                std::to_string(event.mailbox) + "zq" + mail.words;
    std::string head;
    // One id for all mails of this shape: it names nobody.
    if (shape == 0)
        head += "Message-ID: <same@customer.example>\r\n";
    else if (shape == 1)
        head += "Message-ID:\r\n <" + mail.mark + "@customer.example>\r\n";
    else if (shape != 2)
        head += "Message-ID: <" + mail.mark + "@customer.example>\r\n";
    head += (shape == 3 ? "From: \"\xC4\xE4 =?utf-8?q?broken\" <" : "From: Somebody <") + from +
            ">\r\n";
    head += "To: " + to + "\r\n";
    if (!second.empty()) head += "Cc: <" + lower(second) + "@CUSTOMER.example>\r\n";
    head += "Subject: " + subject + "\r\n";
    // The clock of a sender may be anywhere.
    const std::chrono::hours off(static_cast<int>(draw.below(5)) - 2);
    if (shape != 4) head += "Date: " + mail_date(now + off) + "\r\n";
    mail.dated = shape != 4 && shape != 2;
    std::string body = "Text of " + subject + "\r\n";
    if (shape == 5) {
        head += "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"never\"\r\n";
        body =
            "--never\r\nContent-Type: text/plain; "
            "charset=\"no-such\"\r\nContent-Transfer-Encoding: base64\r\n\r\n=A=B=C\r\n--never\r\n";
    }
    mail.bytes = head + "\r\n" + body;
    mails_.push_back(mail);
    deliver(event.mailbox, mail);
    return "mail " + mail.mark + " " + (outbound ? "to " : "from ") + contact;
}

std::string Postman::again(const Event& event, Draw& draw) {
    if (mails_.empty()) return {};
    const SimMail& mail = mails_[draw.below(mails_.size())];
    if (!mail.dated) return {};
    deliver(event.mailbox, mail);
    return "mail " + mail.mark + " once more";
}

/// Out of the designated folder into the inbox, or back.
std::string Postman::drag(const Event& event, Draw& draw) {
    const std::string address = mailbox_address(event.mailbox);
    sandbox::MailboxStore& store = exchange_.store();
    const std::string designated = folder(event.mailbox);
    const std::string inbox = store.find_distinguished(address, "inbox")->id;
    const bool back = draw.one_in(2);
    const std::vector<const sandbox::Item*> there = store.items(address, back ? inbox : designated);
    if (there.empty()) return {};
    const sandbox::Item* item = there[draw.below(there.size())];
    const std::string mark = mark_of_subject(item->properties.text("item:Subject"));
    if (!store.move_item(address, item->id, back ? designated : inbox)) return {};
    return "mail " + mark + (back ? " back into the folder" : " out of the folder");
}

std::string Postman::meet(Draw& draw) {
    if (strangers_.empty()) return {};
    auto chosen = strangers_.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(draw.below(strangers_.size())));
    const std::string number = *chosen;
    strangers_.erase(chosen);
    crm_.script("INSERT INTO contact(number, display_name, email2) VALUES('" + number +
                "', 'Contact " + number + "', '" + address_of_contact(number) + "')");
    return "contact " + number;
}

}  // namespace liaison::sim
