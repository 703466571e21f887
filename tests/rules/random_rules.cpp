#include "tests/rules/random_rules.hpp"

namespace liaison::reference {
namespace {

const std::vector<std::string> kWords = {"offer",
                                         "Order",
                                         "INVOICE",
                                         "off",
                                         "ffer",
                                         "r o",
                                         "\xC3\x84ngste",
                                         "\xC3\xA4ng",
                                         "aaa",
                                         "aa",
                                         "a",
                                         "abab",
                                         "bab",
                                         "\xD0\x96\xD1\x83\xD0\xBA",
                                         "\xD0\xB6\xD0\xA3",
                                         "x-",
                                         "4711"};
const std::vector<std::string> kAddresses = {"ann@sales.x.test",      "BOB@x.test",
                                             "carl@Sub.Sales.x.test", "dora@y.test",
                                             "alice@example.test",    "alice2@example.test"};
const std::vector<std::string> kDomains = {"x.test", "sales.x.test", "TEST", "y.test", "s.x.test"};
const std::vector<std::string> kPaths = {"Inbox", "Inbox/CRM", "inbox/crm/Offers", "Sent Items",
                                         "/Inbox/CRM/"};
const std::vector<std::string> kNames = {"Red", "blue", "K1", "k2", "ANNA", "Key account"};

const std::vector<std::string> kClasses = {"IPM.Schedule.Meeting.Request",
                                           "IPM.Schedule.Meeting.Resp.Pos",
                                           "REPORT.IPM.Note.NDR",
                                           "REPORT.IPM.Note.IPNRN",
                                           "IPM.Note.SMIME.MultipartSigned",
                                           "IPM.Note.SMIME",
                                           "IPM.Note.Rules.OofTemplate.Microsoft",
                                           "IPM.Note.Microsoft.Approval.Request",
                                           "IPM.Note.Microsoft.Voicemail.UM",
                                           "IPM.Note.rpmsg.Microsoft.Voicemail.UM"};

std::string quote(const std::string& text) {
    return "\"" + text + "\"";
}

std::string random_values(Dice& dice, const std::vector<std::string>& from) {
    std::string out = "[";
    const std::size_t count = 1 + dice.roll(3);
    for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + quote(dice.pick(from));
    return out + "]";
}

std::string random_condition(Dice& dice) {
    struct Choice {
        const char* name;
        const std::vector<std::string>* values;
    };
    static const std::vector<std::string> kImportance = {"low", "normal", "high"};
    static const std::vector<std::string> kSensitivity = {"normal", "private"};
    static const std::vector<std::string> kDirections = {"inbound", "outbound", "none"};
    static const std::vector<std::string> kKinds = {"user", "contact", "company", "lead",
                                                    "unknown"};
    static const std::vector<std::string> kPatterns = {
        "off(er|ice)",         "^offer", "[0-9]{4}", "order$",  "(ab)+c?a", "inv.ice",
        "x-note: .*(off|bab)", "aaa+",   "f+er",     "x.test$", "[a-z]+@y"};
    static const std::vector<std::string> kActionFlags = {"any", "call", "followUp", "reply"};
    static const std::vector<std::string> kFiles = {"offer", ".pdf", "a", "Scan"};
    static const std::vector<std::string> kFilePatterns = {"^scan[0-9]+", "pdf$", "a{2}"};
    static const std::vector<std::string> kExtensions = {"pdf", ".PNG", "docx"};
    static const std::vector<std::string> kTypes = {"application/pdf", "image/*", "Image/PNG"};
    static const Choice kChoices[] = {{"senderMatches", &kPatterns},
                                      {"recipientMatches", &kPatterns},
                                      {"subjectMatches", &kPatterns},
                                      {"bodyMatches", &kPatterns},
                                      {"bodyOrSubjectMatches", &kPatterns},
                                      {"headerMatches", &kPatterns},
                                      {"messageActionFlag", &kActionFlags},
                                      {"attachmentNameContains", &kFiles},
                                      {"attachmentNameMatches", &kFilePatterns},
                                      {"attachmentExtensionIs", &kExtensions},
                                      {"attachmentTypeIs", &kTypes},
                                      {"senderCampaignIn", &kNames},
                                      {"recipientCampaignIn", &kNames},
                                      {"fromAddresses", &kAddresses},
                                      {"fromDomains", &kDomains},
                                      {"sentToAddresses", &kAddresses},
                                      {"sentToDomains", &kDomains},
                                      {"senderContains", &kWords},
                                      {"recipientContains", &kWords},
                                      {"subjectContains", &kWords},
                                      {"subjectContains", &kWords},
                                      {"bodyContains", &kWords},
                                      {"bodyContains", &kWords},
                                      {"bodyOrSubjectContains", &kWords},
                                      {"headerContains", &kWords},
                                      {"categories", &kNames},
                                      {"importance", &kImportance},
                                      {"sensitivity", &kSensitivity},
                                      {"direction", &kDirections},
                                      {"folder", &kPaths},
                                      {"folderUnder", &kPaths},
                                      {"mailbox", &kAddresses},
                                      {"senderIs", &kKinds},
                                      {"recipientIs", &kKinds},
                                      {"senderCompanyIn", &kNames},
                                      {"senderCategoryIn", &kNames},
                                      {"senderOwnerIs", &kNames},
                                      {"recipientCompanyIn", &kNames},
                                      {"recipientCategoryIn", &kNames},
                                      {"recipientOwnerIs", &kNames}};
    static const std::vector<std::string> kFlags = {"hasAttachments",
                                                    "sentToMe",
                                                    "sentCcMe",
                                                    "sentToOrCcMe",
                                                    "sentOnlyToMe",
                                                    "notSentToMe",
                                                    "conversationLogged",
                                                    "isMeetingRequest",
                                                    "isNonDeliveryReport",
                                                    "isApprovalRequest",
                                                    "isAutomaticForward",
                                                    "isAutomaticReply",
                                                    "isEncrypted",
                                                    "isMeetingResponse",
                                                    "isPermissionControlled",
                                                    "isReadReceipt",
                                                    "isSigned",
                                                    "isVoicemail",
                                                    "senderIsPrivacyBlocked",
                                                    "recipientIsPrivacyBlocked",
                                                    "senderHasOpenOpportunity",
                                                    "recipientHasOpenOpportunity"};
    if (dice.one_in(5)) return quote(dice.pick(kFlags)) + ":" + (dice.one_in(2) ? "true" : "false");
    if (dice.one_in(30)) return "\"attachmentSizeRange\":{\"minimumSize\":3}";
    if (dice.one_in(30)) return "\"attachmentSizeRange\":{\"maximumSize\":2}";
    if (dice.one_in(20))
        return "\"withinSizeRange\":{\"minimumSize\":" + std::to_string(dice.roll(5)) +
               ",\"maximumSize\":" + std::to_string(5 + dice.roll(5)) + "}";
    const Choice& choice = kChoices[dice.roll(std::size(kChoices))];
    if (dice.one_in(10) && choice.values == &kAddresses)
        return quote(choice.name) + ":[{\"list\":\"vip\"}]";
    return quote(choice.name) + ":" + random_values(dice, *choice.values);
}

/// An object of conditions with distinct keys.
std::string random_group(Dice& dice, std::size_t depth, bool may_be_empty) {
    std::vector<std::string> members;
    const std::size_t count = dice.roll(3) + (may_be_empty ? 0 : 1);
    for (std::size_t i = 0; i < count; ++i) {
        std::string member = random_condition(dice);
        if (depth < 4 && dice.one_in(4)) {
            const char* name = dice.one_in(2) ? "anyOf" : "allOf";
            member = quote(name) + ":[" + random_group(dice, depth + 1, false) + "," +
                     random_group(dice, depth + 1, false) + "]";
        } else if (depth < 4 && dice.one_in(6)) {
            member = "\"not\":" + random_group(dice, depth + 1, false);
        }
        const std::string key = member.substr(0, member.find(':'));
        bool repeated = false;
        for (const auto& other : members) repeated = repeated || other.starts_with(key + ":");
        if (!repeated) members.push_back(std::move(member));
    }
    std::string out = "{";
    for (const auto& member : members) out += (out.size() > 1 ? "," : "") + member;
    return out + "}";
}

const std::vector<std::string> kFolders = {"Inbox/A", "Inbox/B", "inbox/a"};
const std::vector<std::string> kCodes = {"T1", "T2"};

/// `true`, or an object with some of these members; a value that begins with '#' is a number.
std::string random_particulars(Dice& dice,
                               const std::vector<std::pair<std::string, std::string>>& members) {
    std::string out;
    for (const auto& [name, value] : members) {
        if (dice.one_in(2)) continue;
        out += (out.empty() ? "" : ",") + quote(name) + ":" +
               (value.front() == '#' ? value.substr(1) : quote(value));
    }
    return out.empty() ? "true" : "{" + out + "}";
}

std::string random_create(Dice& dice) {
    return random_particulars(dice, {{"for", dice.pick({"sender", "recipients", "Everybody"})},
                                     {"company", dice.pick(kCodes)},
                                     {"owner", dice.pick(kCodes)}});
}

std::string random_log(Dice& dice, const std::string& opportunity) {
    return random_particulars(dice, {{"template", dice.pick(kCodes)},
                                     {"activityType", dice.pick(kCodes)},
                                     {"campaign", dice.pick(kCodes)},
                                     {"opportunity", opportunity}});
}

std::string random_actions(Dice& dice) {
    std::string out;
    const auto add = [&](const std::string& name, const std::string& value) {
        out += (out.empty() ? "" : ",") + quote(name) + ":" + value;
    };
    const std::string folder = dice.pick(kFolders);
    if (dice.one_in(4)) add("moveToFolder", quote(folder));
    if (dice.one_in(5)) add("copyToFolder", quote(folder == "Inbox/B" ? "Inbox/C" : "Inbox/B"));
    if (dice.one_in(4)) add("assignCategories", random_values(dice, kNames));
    if (dice.one_in(8)) add("markAsRead", !out.empty() && dice.one_in(4) ? "false" : "true");
    if (dice.one_in(8)) add("markImportance", quote(dice.pick({"low", "high"})));
    if (dice.one_in(8))
        add("flagMessage", dice.one_in(4) ? "{\"flagStatus\":\"complete\"}"
                                          : random_particulars(dice, {{"flagStatus", "Flagged"},
                                                                      {"dueInDays", "#3"}}));
    if (dice.one_in(20)) add("stopProcessingRules", "true");
    if (dice.one_in(6)) add(dice.one_in(2) ? "createContact" : "createLead", random_create(dice));
    if (dice.one_in(8))
        add("createTask", random_particulars(dice, {{"subject", dice.pick(kCodes)},
                                                    {"owner", dice.pick(kCodes)},
                                                    {"dueInDays", "#7"}}));
    const std::size_t verdict = dice.roll(8);
    const std::string opportunity = dice.pick(kCodes);
    if (verdict == 0) add("skipLogging", "true");
    if (verdict == 1) add("hold", "true");
    if (verdict > 2 || out.empty()) add("logInteraction", random_log(dice, opportunity));
    if (verdict > 5)
        add("setRegarding",
            dice.one_in(3) ? "{\"case\":\"C1\"}" : "{\"opportunity\":" + quote(opportunity) + "}");
    return "{" + out + "}";
}

std::string random_text(Dice& dice, std::size_t words) {
    std::string out;
    for (std::size_t i = 0; i < words; ++i) out += (dice.one_in(3) ? "" : " ") + dice.pick(kWords);
    return out;
}

std::vector<Party> random_parties(Dice& dice) {
    std::vector<Party> out;
    for (std::size_t i = dice.roll(3); i > 0; --i) {
        Party party;
        party.kind = static_cast<PartyKind>(dice.roll(4));
        party.company_id = dice.pick(kNames);
        party.company_name = dice.pick(kNames);
        party.owner_id = dice.pick(kNames);
        party.has_open_opportunity = dice.one_in(2);
        if (dice.one_in(2)) party.categories = {dice.pick(kNames)};
        if (dice.one_in(2)) party.campaign_ids = {dice.pick(kNames)};
        party.privacy_blocked = dice.one_in(6);
        out.push_back(std::move(party));
    }
    return out;
}

}  // namespace

std::string random_document(Dice& dice, std::size_t rules) {
    std::string out = "{\"lists\":{\"vip\":[\"ann@sales.x.test\",\"dora@y.test\"]},\"rules\":[";
    for (std::size_t i = 0; i < rules; ++i) {
        out += std::string(i > 0 ? "," : "") + "{\"displayName\":\"R" + std::to_string(i) + "\"";
        if (dice.one_in(2)) out += ",\"sequence\":" + std::to_string(dice.roll(rules));
        if (dice.one_in(15)) out += ",\"isEnabled\":false";
        out += ",\"conditions\":" + random_group(dice, 1, dice.one_in(10));
        if (dice.one_in(4)) out += ",\"exceptions\":" + random_group(dice, 1, true);
        out += ",\"actions\":" + random_actions(dice) + "}";
    }
    return out + "]}";
}

ReferenceInput random_mail(Dice& dice) {
    ReferenceInput in;
    if (!dice.one_in(20))
        in.mail.from = MailAddress{dice.pick(kAddresses), random_text(dice, dice.roll(3))};
    for (std::size_t i = dice.roll(3); i > 0; --i)
        in.mail.to.push_back({dice.pick(kAddresses), random_text(dice, dice.roll(2))});
    for (std::size_t i = dice.roll(2); i > 0; --i)
        in.mail.cc.push_back({dice.pick(kAddresses), ""});
    in.mail.subject = random_text(dice, dice.roll(4));
    in.mail.text_body = random_text(dice, dice.roll(12));
    in.mail.size =
        static_cast<std::int64_t>(dice.roll(11)) * 1024 + static_cast<std::int64_t>(dice.roll(2));
    in.mail.importance = std::vector<std::string>{"low", "normal", "high"}[dice.roll(3)];
    in.mail.sensitivity = dice.one_in(4) ? "private" : "normal";
    if (dice.one_in(3)) in.mail.item_class = dice.pick(kClasses);
    for (std::size_t i = dice.one_in(3) ? 1 + dice.roll(2) : 0; i > 0; --i)
        in.mail.attachments.push_back(
            {.name = dice.pick({"Offer.PDF", "scan12.png", "aa", "x.docx"}),
             .content_type = dice.pick({"Application/PDF; name=x", "image/png", "text/plain", ""}),
             .size = static_cast<std::int64_t>(dice.roll(6) * 1024),
             .is_inline = dice.one_in(3)});
    in.mail.flag_request = dice.one_in(4) ? dice.pick({"Follow up", "CALL", "Party"}) : "";
    if (dice.one_in(3)) in.mail.categories = {dice.pick(kNames)};
    if (dice.one_in(3)) in.mail.headers = {{"X-Note", random_text(dice, 2)}};
    if (dice.one_in(4))
        in.mail.headers.push_back(std::vector<std::pair<std::string, std::string>>{
            {"Auto-Submitted", "Auto-Replied; x"},
            {"auto-submitted", "auto-forwarded"},
            {"AutoForwarded", "TRUE"},
            {"X-Autoreply", "yes"},
            {"Content-Class", "rpmsg.message"},
            {"X-Message-Flag", "Reply"}}[dice.roll(6)]);
    in.mailbox = "alice@example.test";
    in.me = {"alice@example.test", "alice2@example.test"};
    in.folder = dice.pick(kPaths);
    in.direction = std::vector<std::string>{"inbound", "outbound", "none"}[dice.roll(3)];
    in.sender = random_parties(dice);
    in.recipients = random_parties(dice);
    in.conversation_logged = dice.one_in(2);
    return in;
}

}  // namespace liaison::reference
