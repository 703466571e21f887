#include "tests/rules/three_hundred_rules.hpp"

#include <array>
#include <vector>

namespace liaison::reference {
namespace {

/// JSON with ' for "; % stands for the value. Without exceptions: "".
struct Shape {
    const char* conditions;
    const char* exceptions;
    const char* actions;
    std::array<const char*, 5> values;
};

// clang-format off
const Shape kShapes[] = {
    // who
    {"'fromAddresses':['%']", "", "'assignCategories':['Known sender']",
     {"jeff.skilling@enron.com", "sherri.sera@enron.com", "skilling@enron.com", "usrp-users@lists.ettus.com", "marcus.mueller@ettus.com"}},
    {"'fromDomains':['%']", "", "'assignCategories':['Sender at %']",
     {"enron.com", "ettus.com", "kernel.org", "microsoft.com", "gmail.com"}},
    {"'fromDomains':['%'],'hasAttachments':true", "", "'copyToFolder':'Inbox/With files'",
     {"com", "org", "net", "edu", "de"}},
    {"'sentToAddresses':['%']", "", "'logInteraction':{'activityType':'LIST'}",
     {"usrp-users@lists.ettus.com", "linux-hyperv@vger.kernel.org", "jeff.skilling@enron.com", "spamassassin-talk@lists.sourceforge.net", "razor-users@lists.sourceforge.net"}},
    {"'sentToDomains':['%']", "'fromDomains':['%']", "'moveToFolder':'Inbox/To %'",
     {"lists.sourceforge.net", "vger.kernel.org", "enron.com", "spamassassin.taint.org", "lists.ettus.com"}},
    {"'fromDomains':[{'list':'free mail'}],'subjectContains':['%']", "", "'hold':true",
     {"urgent", "free", "money", "offer", "guaranteed"}},
    {"'fromAddresses':[{'list':'people'}],'bodyContains':['%']", "", "'createTask':{'subject':'Read about %','dueInDays':3}",
     {"meeting", "conference", "dinner", "board", "houston"}},
    {"'senderContains':['%']", "", "'logInteraction':{'template':'PERSON'}",
     {"marcus", "sherri", "rosie", "dexuan", "vitaly"}},
    {"'recipientContains':['%']", "'recipientIs':'user'", "'markAsRead':true",
     {"undisclosed", "skilling", "users@", "hyperv", "spamassassin"}},
    {"'senderMatches':['%']", "", "'assignCategories':['Odd sender']",
     {"[0-9]{4,}@", "^[a-z]+@hotmail", "(no|do).?reply", "newsletter@", "@(yahoo|aol)[.]com"}},
    {"'recipientMatches':['%']", "", "'assignCategories':['Mailing list']",
     {"-(users|talk|devel)@", "^zzzz", "@lists[.]", "^.+@vger[.]", "list(s)?@"}},
    // what it is about
    {"'subjectContains':['%']", "", "'assignCategories':['About %']",
     {"rfnoc", "patch", "razor", "energy", "conference"}},
    {"'subjectContains':['%'],'bodyContains':['please']", "'isAutomaticReply':true", "'flagMessage':{'dueInDays':2}",
     {"error", "problem", "question", "help", "issue"}},
    {"'subjectContains':['re:','aw:'],'senderIs':'%'", "", "'logInteraction':true,'setRegarding':{'case':'REPLY'}",
     {"contact", "company", "lead", "user", "unknown"}},
    {"'bodyContains':['%']", "", "'assignCategories':['Mentions %']",
     {"uhd_usrp_probe", "signed-off-by", "click here", "enron", "unsubscribe"}},
    {"'bodyContains':['%','no such phrase anywhere'],'subjectContains':['re']", "", "'copyToFolder':'Archive/%'",
     {"gnuradio", "hyper-v", "california", "perl", "network"}},
    {"'bodyOrSubjectContains':['%']", "'fromDomains':['enron.com']", "'logInteraction':{'campaign':'K-%'}",
     {"energy", "windows", "linux", "radio", "business"}},
    {"'subjectMatches':['%']", "", "'assignCategories':['Pattern']",
     {"\\\\[[a-z-]+\\\\]", "^re: .*v[0-9]+", "[0-9]{1,3}%", "(free|win) .*!", "^$|^fw(d)?:"}},
    {"'bodyMatches':['%']", "", "'assignCategories':['Body pattern']",
     {"^on .* wrote:", "[0-9]{3}-[0-9]{4}", "https?://[^[:space:]/]+/[a-z]+", "^>+ .*(uhd|usrp)", "dollars?|[$][0-9]+"}},
    {"'bodyOrSubjectMatches':['%']", "'isNonDeliveryReport':true", "'createLead':{'for':'sender','company':'C-%'}",
     {"unsub(scribe)?", "mortgage|insurance", "vmbus_[a-z]+", "b2[01]0", "razor2?"}},
    // headers
    {"'headerContains':['%']", "", "'skipLogging':true",
     {"precedence: bulk", "list-unsubscribe:", "x-mailer: microsoft outlook", "auto-submitted: auto", "x-spam-status: yes"}},
    {"'headerContains':['x-ms-%'],'fromDomains':['microsoft.com']", "", "'assignCategories':['Exchange %']",
     {"exchange", "has-attach", "tnef", "office365", "publictraffictype"}},
    {"'headerMatches':['%']", "", "'assignCategories':['Header pattern']",
     {"^received: .*[(]qmail", "^message-id: <[0-9]+[.]", "^x-mailer: .*(mutt|pine)", "^content-type: text/html", "^user-agent: .*thunderbird"}},
    {"'isAutomaticReply':%", "'subjectContains':['re']", "'skipLogging':true",
     {"true", "true", "true", "true", "true"}},
    {"'isAutomaticForward':true,'folder':['%']", "", "'hold':true",
     {"Inbox", "Inbox/CRM", "Sent Items", "Inbox/CRM/Offers", "Archive"}},
    // kinds of item
    {"'isNonDeliveryReport':true,'subjectContains':['%']", "", "'skipLogging':true,'moveToFolder':'Inbox/Bounces'",
     {"undeliver", "failure", "returned", "delivery", "mail"}},
    {"'anyOf':[{'isReadReceipt':true},{'isMeetingResponse':true}],'not':{'subjectContains':['%']}", "", "'skipLogging':true",
     {"accepted", "declined", "read:", "tentative", "gelesen"}},
    {"'anyOf':[{'isMeetingRequest':true},{'bodyContains':['%']}],'sentToMe':true", "", "'createTask':true",
     {"calendar", "appointment", "schedule", "invite", "rsvp"}},
    {"'anyOf':[{'isSigned':true},{'isEncrypted':true},{'isPermissionControlled':true}],'hasAttachments':%", "", "'assignCategories':['Protected']",
     {"true", "false", "true", "false", "true"}},
    {"'anyOf':[{'isVoicemail':true},{'isApprovalRequest':true},{'messageActionFlag':'%'}]", "", "'flagMessage':true",
     {"call", "followUp", "reply", "review", "fyi"}},
    {"'messageActionFlag':['any'],'importance':'%'", "", "'markImportance':'high'",
     {"high", "normal", "low", "high", "normal"}},
    {"'importance':['%'],'sentOnlyToMe':true", "", "'flagMessage':{'flagStatus':'flagged','dueInDays':1}",
     {"high", "low", "normal", "High", "LOW"}},
    {"'sensitivity':['%']", "'senderIs':'user'", "'skipLogging':true",
     {"private", "confidential", "personal", "Private", "Confidential"}},
    {"'categories':['%']", "", "'logInteraction':{'template':'BY CATEGORY'}",
     {"Red", "green", "BLUE", "Key account", "none of these"}},
    // attachments
    {"'attachmentNameContains':['%']", "", "'assignCategories':['File']",
     {"scan", ".doc", "report", "log", "image"}},
    {"'attachmentNameMatches':['%']", "", "'copyToFolder':'Inbox/Files'",
     {"^.*[.](pdf|docx?)$", "[0-9]{4}", "^smime", "(error|log)[^.]*[.]txt", "^[a-z]+[0-9]+[.]"}},
    {"'attachmentExtensionIs':['%']", "", "'assignCategories':['%']",
     {"pdf", "png", "txt", "patch", "asc"}},
    {"'attachmentTypeIs':['%']", "", "'assignCategories':['Type']",
     {"image/*", "application/pdf", "application/pgp-signature", "text/*", "application/octet-stream"}},
    {"'attachmentSizeRange':{'minimumSize':%}", "'attachmentExtensionIs':['asc']", "'assignCategories':['Large file']",
     {"1", "10", "100", "1000", "5"}},
    {"'withinSizeRange':{'minimumSize':1,'maximumSize':%},'subjectContains':['a']", "", "'assignCategories':['Small %']",
     {"2", "3", "5", "8", "13"}},
    {"'withinSizeRange':{'minimumSize':%},'fromDomains':['com']", "", "'markImportance':'low'",
     {"64", "128", "256", "512", "1024"}},
    {"'hasAttachments':false,'bodyContains':['attached'],'subjectContains':['%']", "", "'createTask':{'subject':'Ask for the file','owner':'ANNA'}",
     {"a", "e", "i", "o", "u"}},
    // me
    {"'sentToMe':true,'subjectContains':['%']", "", "'flagMessage':{'flagStatus':'complete'}",
     {"meeting", "thank", "update", "re:", "fw"}},
    {"'sentCcMe':true,'subjectContains':['%']", "", "'markAsRead':true",
     {"re", "fw", "patch", "update", "request"}},
    {"'sentToOrCcMe':false,'senderIs':'%'", "'direction':'outbound'", "'assignCategories':['Not to me']",
     {"contact", "lead", "company", "unknown", "user"}},
    {"'notSentToMe':true,'direction':'%','bodyContains':['regards']", "", "'moveToFolder':'Inbox/Other'",
     {"inbound", "outbound", "none", "inbound", "outbound"}},
    // place
    {"'folder':['%'],'senderIs':'contact'", "", "'logInteraction':{'template':'FOLDER','opportunity':'O-1'}",
     {"Inbox", "/inbox/crm/", "Sent Items", "Inbox/CRM/Offers", "Archive"}},
    {"'folderUnder':['%'],'direction':'inbound'", "'conversationLogged':true", "'setRegarding':{'opportunity':'O-2'}",
     {"Inbox/CRM", "Inbox", "Archive", "Sent Items", "inbox/crm/offers"}},
    {"'mailbox':['%'],'direction':'outbound'", "", "'logInteraction':{'activityType':'SENT'}",
     {"alice@example.test", "BOB@example.test", "jeff.skilling@enron.com", "carol@example.test", "nobody@example.test"}},
    {"'conversationLogged':true,'senderIs':'%'", "", "'logInteraction':true",
     {"contact", "lead", "company", "unknown", "user"}},
    // what the CRM knows
    {"'senderHasOpenOpportunity':true,'senderCompanyIn':['%']", "", "'setRegarding':{'opportunity':'O-%'}",
     {"K0", "K1", "Company 2", "k3", "COMPANY 4"}},
    {"'senderCategoryIn':['%']", "", "'logInteraction':{'campaign':'CATEGORY'}",
     {"Key account", "prospect", "PARTNER", "press", "unknown category"}},
    {"'senderOwnerIs':['%'],'not':{'senderIs':'user'}", "", "'assignCategories':['Owned by %']",
     {"ANNA", "bert", "CARL", "dora", "nobody"}},
    {"'senderCampaignIn':['%']", "'senderIsPrivacyBlocked':true", "'logInteraction':{'campaign':'%'}",
     {"SPRING", "summer", "AUTUMN", "winter", "none"}},
    {"'anyOf':[{'senderIsPrivacyBlocked':true},{'recipientIsPrivacyBlocked':true}],'folderUnder':['%']", "", "'skipLogging':true,'stopProcessingRules':true",
     {"Sent Items", "Archive", "Inbox/CRM/Offers", "Archive/Old", "Outbox"}},
    {"'recipientIs':'%','senderIs':'unknown'", "'fromDomains':[{'list':'free mail'}]", "'createContact':{'for':'sender','owner':'ANNA'}",
     {"user", "contact", "lead", "company", "unknown"}},
    {"'recipientHasOpenOpportunity':true,'recipientCompanyIn':['%']", "", "'setRegarding':{'opportunity':'R-%'}",
     {"K0", "K1", "Company 2", "k3", "COMPANY 4"}},
    {"'recipientCategoryIn':['%'],'recipientOwnerIs':['ANNA','BERT']", "", "'createContact':{'for':'recipients'}",
     {"Key account", "prospect", "partner", "press", "unknown category"}},
    {"'recipientCampaignIn':['%'],'allOf':[{'not':{'recipientIs':'user'}},{'not':{'isAutomaticReply':true}}]", "", "'createLead':{'for':'everybody'}",
     {"SPRING", "summer", "AUTUMN", "winter", "none"}},
    // groups within groups
    {"'anyOf':[{'allOf':[{'anyOf':[{'subjectContains':['%']},{'not':{'bodyContains':['%']},'senderIs':'lead'}]},{'not':{'sentToMe':true}}]},{'fromDomains':['%.test']}]",
     "'withinSizeRange':{'minimumSize':200}", "'assignCategories':['Group'],'stopProcessingRules':true",
     {"zzzz", "lottery", "viagra", "hoax", "casino"}},
};
// clang-format on

std::string filled(std::string text, const std::string& value) {
    std::string out;
    for (const char c : text) {
        if (c == '%')
            out += value;
        else
            out += c == '\'' ? '"' : c;
    }
    return out;
}

}  // namespace

std::string three_hundred_rules() {
    std::string out = filled(
        "{'lists':{'free mail':['gmail.com','hotmail.com','yahoo.com','aol.com','juno.com'],"
        "'people':['jeff.skilling@enron.com','sherri.sera@enron.com','rosalee.fleming@enron.com']},"
        "'rules':[",
        "");
    bool first = true;
    for (std::size_t i = 0; i < std::size(kShapes); ++i)
        for (std::size_t k = 0; k < 5; ++k) {
            const Shape& shape = kShapes[i];
            const std::string value = shape.values[k];
            const std::string name = std::to_string(i) + "-" + std::to_string(k);
            out += std::string(first ? "" : ",") + "{\"displayName\":\"" + name +
                   "\",\"sequence\":" + std::to_string((i * 7 + k * 61) % 300) +
                   ",\"conditions\":{" + filled(shape.conditions, value) + "},\"exceptions\":{" +
                   filled(shape.exceptions, value) + "},\"actions\":{" +
                   filled(shape.actions, value) + "}}";
            first = false;
        }
    return out + "]}";
}

}  // namespace liaison::reference
