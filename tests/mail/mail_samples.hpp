#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"

/// Short ways to write mails and parties in tests.
namespace liaison::mail::samples {

inline std::vector<MailAddress> addresses(std::vector<std::string> list) {
    std::vector<MailAddress> out;
    for (std::string& one : list) out.push_back({std::move(one), ""});
    return out;
}

inline MailMessage mail_from(std::string from, std::vector<std::string> to,
                             std::vector<std::string> cc = {}) {
    MailMessage message;
    message.internet_message_id = "<1@example.com>";
    if (!from.empty()) message.from = MailAddress{std::move(from), ""};
    message.to = addresses(std::move(to));
    message.cc = addresses(std::move(cc));
    message.subject = "Offer 4711";
    message.text_body = "Hello";
    message.sent_at = parse_timestamp("2026-11-25T08:15:00Z");
    return message;
}

inline Party party_of(PartyKind kind, std::string id, std::string owner = "") {
    Party party;
    party.kind = kind;
    party.number = "N-" + id;
    party.id = std::move(id);
    party.owner_id = std::move(owner);
    return party;
}

/// alice and bob are users; c1@x.test and c1@private.test are one contact; twins share an address;
/// a lead, a company, one contact who is blocked, and one address that a user and a contact have.
inline PartyMap sample_book() {
    PartyMap book;
    book["alice@example.test"] = {party_of(PartyKind::User, "alice")};
    book["bob@example.test"] = {party_of(PartyKind::User, "bob")};
    book["c1@x.test"] = {party_of(PartyKind::Contact, "c1", "bob")};
    book["c1@private.test"] = {party_of(PartyKind::Contact, "c1", "bob")};
    book["c2@x.test"] = {party_of(PartyKind::Contact, "c2", "alice")};
    book["twins@x.test"] = {party_of(PartyKind::Contact, "t1", "bob"),
                            party_of(PartyKind::Contact, "t2", "alice")};
    book["triplets@x.test"] = {party_of(PartyKind::Contact, "t3"),
                               party_of(PartyKind::Contact, "t4"),
                               party_of(PartyKind::Contact, "t5")};
    book["lead@x.test"] = {party_of(PartyKind::Lead, "l1")};
    book["info@x.test"] = {party_of(PartyKind::Company, "x")};
    book["blocked@x.test"] = {party_of(PartyKind::Contact, "b1")};
    book["blocked@x.test"].front().privacy_blocked = true;
    book["dan@example.test"] = {party_of(PartyKind::Contact, "dan-private"),
                                party_of(PartyKind::User, "dan")};
    return book;
}

}  // namespace liaison::mail::samples
