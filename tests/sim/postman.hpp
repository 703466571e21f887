#pragma once
#include <set>
#include <string>
#include <vector>

#include "tests/sim/people.hpp"

namespace liaison::sim {

/// A mail that somebody wrote: known by the mark that its subject begins with.
struct SimMail {
    std::string mark;  ///< "M17"
    std::string bytes;
    std::set<std::string>
        contacts;  ///< numbers of the CRM contacts whom it concerns, those who came later included
    std::string words = {};  ///< marked words in its subject, which rules look for
    Timestamp arrived{};     ///< its first copy
    bool excused = false;  ///< parked for good reason, or the CRM that had it went back in time
    bool dated = true;     ///< copies of a mail without date and id cannot be known as copies
};

/// Mail in the designated folders: delivered, delivered again, out of order, malformed, dragged
/// away and back; and the contacts whom the CRM learns later.
class Postman {
public:
    Postman(CrmSide& crm, ExchangeSide& exchange) : crm_(crm), exchange_(exchange) {}
    static constexpr std::size_t kContacts = 4;
    /// People whom the CRM knows from the start: N0 to N3, in nobody's Outlook.
    void furnish();
    std::string act(const Event& event, Timestamp now);

    /// A mail that somebody else wrote, into the designated folders of these mailboxes.
    void post(const SimMail& mail, const std::vector<std::size_t>& mailboxes) {
        mails_.push_back(mail);
        mails_.back().arrived = now();
        for (const std::size_t mailbox : mailboxes) deliver(mailbox, mail);
    }

    /// Nobody can say whether it is logged: this mail, or all of them so far.
    void excuse(const std::string& mark) {
        for (SimMail& mail : mails_)
            if (mark.empty() || mail.mark == mark) mail.excused = true;
    }
    const std::vector<SimMail>& mails() const { return mails_; }
    /// The designated folder; made if it is not there.
    std::string folder(std::size_t mailbox);
    /// Marks of the mails in the designated folder now, and where rules file them.
    std::multiset<std::string> in_folder(std::size_t mailbox);
    /// " amber", " cobalt", both or nothing: for the end of a subject.
    static std::string marked_words(std::uint64_t chance);

private:
    std::string arrive(const Event& event, Draw& draw, Timestamp now);
    std::string again(const Event& event, Draw& draw);
    std::string drag(const Event& event, Draw& draw);
    std::string meet(Draw& draw);
    void deliver(std::size_t mailbox, const SimMail& mail);
    std::string find_folder(std::size_t mailbox, const std::string& name) const;
    Timestamp now() const;

    CrmSide& crm_;
    ExchangeSide& exchange_;
    std::vector<SimMail> mails_;
    std::set<std::string> strangers_;  ///< numbers of those whom the CRM does not know yet: S1, S2
    std::size_t strangers_made_ = 0;
};

}  // namespace liaison::sim
