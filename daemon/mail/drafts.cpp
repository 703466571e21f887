#include "daemon/mail/drafts.hpp"

#include <algorithm>

#include "daemon/mail/automatic.hpp"

namespace liaison::mail {

namespace {

constexpr std::size_t kLabelsNamed = 10;

std::optional<PartyKind> party_word(const std::string& kind) {
    if (kind == "contact") return PartyKind::Contact;
    if (kind == "lead") return PartyKind::Lead;
    if (kind == "company") return PartyKind::Company;
    return std::nullopt;
}

bool wants_address(const MailAction& action, const AddressMatch& match) {
    const bool sender = match.role == "from";
    if (action.create_for == "recipients") return !sender;
    return sender || action.create_for == "everybody";
}

}  // namespace

std::string addresses_text(std::size_t count) {
    return count == 1 ? "the only address" : "any of the " + std::to_string(count) + " addresses";
}

std::string labels_text(const std::vector<std::string>& labels) {
    std::string out;
    for (std::size_t i = 0; i < std::min(labels.size(), kLabelsNamed); ++i) {
        if (i > 0) out += ", ";
        out += labels[i];
    }
    if (labels.size() > kLabelsNamed)
        out += " and " + std::to_string(labels.size() - kLabelsNamed) + " more";
    return out;
}

void DraftList::fill_regarding(InteractionDraft& draft, const std::string& kind,
                               const std::string& id) const {
    if (id.empty() || party_word(kind)) return;
    if (kind == "campaign") {
        if (draft.campaign_id.empty()) draft.campaign_id = id;
    } else if (kind == "opportunity") {
        if (draft.opportunity_id.empty()) draft.opportunity_id = id;
    } else if (draft.regarding_id.empty()) {
        draft.regarding_kind = kind;
        draft.regarding_id = id;
    }
}

void DraftList::fill_from_rules(InteractionDraft& draft) const {
    for (const MailAction& action : ground_.actions.actions) {
        if (action.kind == MailActionKind::SetRegarding)
            fill_regarding(draft, action.regarding_kind, action.regarding_id);
        if (action.kind != MailActionKind::LogInteraction) continue;
        if (draft.template_code.empty()) draft.template_code = action.template_code;
        if (draft.template_code.empty()) draft.template_code = action.activity_type;
        if (draft.campaign_id.empty()) draft.campaign_id = action.campaign_id;
        if (draft.opportunity_id.empty()) draft.opportunity_id = action.opportunity_id;
    }
}

InteractionDraft DraftList::blank() const {
    InteractionDraft draft;
    draft.user_id = ground_.situation.owner_user_id;
    draft.direction = ground_.parties.direction;
    const MailChoice& choice = ground_.situation.choice;
    const ThreadGuide& thread = ground_.situation.thread;
    draft.campaign_id = choice.campaign_id;
    draft.opportunity_id = choice.opportunity_id;
    fill_from_rules(draft);
    fill_regarding(draft, ground_.situation.folder_regarding_kind,
                   ground_.situation.folder_regarding_id);
    if (draft.campaign_id.empty()) draft.campaign_id = thread.choice.campaign_id;
    if (draft.opportunity_id.empty()) draft.opportunity_id = thread.choice.opportunity_id;
    if (draft.campaign_id.empty()) draft.campaign_id = thread.campaign_id;
    if (draft.opportunity_id.empty()) draft.opportunity_id = thread.opportunity_id;
    fill_regarding(draft, thread.regarding_kind, thread.regarding_id);
    if (draft.template_code.empty()) draft.template_code = ground_.policy.default_template;
    return draft;
}

void DraftList::add_party(const PartyRef& party, const std::string& address, std::string label) {
    if (!seen_.insert({party.kind, party.id}).second) return;
    InteractionDraft draft = blank();
    draft.contact_id = party.id;
    draft.contact_kind = party.kind;
    draft.contact_address = address;
    draft.company_id = party.company_id;
    drafts_.push_back(std::move(draft));
    labels_.push_back(std::move(label));
}

void DraftList::add_matched() {
    for (const AddressMatch& match : ground_.parties.matches) {
        if (!match.partner) continue;
        const Party& party = *match.partner;
        std::string label = std::string(label_of(party)) + " (" + match.role + ")";
        if (party.privacy_blocked) {
            if (seen_.insert({party.kind, party.id}).second) blocked_.push_back(std::move(label));
            continue;
        }
        add_party(PartyRef{party.kind, party.id, party.number, party.company_id}, match.address,
                  std::move(label));
    }
}

void DraftList::add_chosen(const MailChoice& choice) {
    if (choice.verb != MailChoice::Verb::Link) return;
    for (const PartyRef& party : choice.parties) {
        std::string address = choice.address;
        if (address.empty() && ground_.parties.sender() && !ground_.parties.sender()->user)
            address = ground_.parties.sender()->address;
        add_party(party, address,
                  (party.number.empty() ? party.id : party.number) + " (chosen by " + choice.who +
                      ")");
    }
}

void DraftList::add_regarding() {
    std::vector<std::pair<std::string, std::string>> records;
    for (const MailAction& action : ground_.actions.actions)
        if (action.kind == MailActionKind::SetRegarding)
            records.emplace_back(action.regarding_kind, action.regarding_id);
    if (!ground_.situation.folder_regarding_id.empty())
        records.emplace_back(ground_.situation.folder_regarding_kind,
                             ground_.situation.folder_regarding_id);
    for (const auto& [kind, id] : records) {
        if (id.empty()) continue;
        if (const auto party = party_word(kind))
            add_party(PartyRef{*party, id}, "", kind + " " + id + " (regarding)");
        else if (drafts_.empty() && kind == "opportunity")
            // The CRM knows whose opportunity it is.
            add_party(PartyRef{PartyKind::Company, ""}, "", "opportunity " + id + " (regarding)");
    }
}

void DraftList::create_for(const AddressMatch& match, PartyKind kind, const std::string& company,
                           const std::string& owner, const std::string& why) {
    if (!match.unknown() || created_for_.contains(match.address)) return;
    if (is_machine_address(match.address) ||
        (match.role == "from" && automatic_kind(ground_.message) != AutomaticKind::None)) {
        notes_.push_back(match.role + ": a machine writes from there; nobody is made of it");
        return;
    }
    InteractionDraft draft = blank();
    draft.contact_kind = kind;
    draft.contact_address = match.address;
    draft.company_id = company;
    draft.owner_id = owner;
    draft.create_party = true;
    if (match.role == "from") draft.direction = MailDirection::Inbound;
    drafts_.push_back(std::move(draft));
    created_for_.insert(match.address);
    labels_.push_back("a new " + std::string(to_string(kind)) + " (" + match.role + "), " + why);
}

void DraftList::add_new_parties() {
    for (const MailAction& action : ground_.actions.actions) {
        const bool contact = action.kind == MailActionKind::CreateContact;
        if (!contact && action.kind != MailActionKind::CreateLead) continue;
        for (const AddressMatch& match : ground_.parties.matches)
            if (wants_address(action, match))
                create_for(match, contact ? PartyKind::Contact : PartyKind::Lead,
                           action.company_id, action.owner_id, "rule \"" + action.rule + "\"");
    }
    const UnknownSender policy = ground_.policy.unknown_sender;
    const AddressMatch* sender = ground_.parties.sender();
    if (sender == nullptr || !drafts_.empty()) return;
    if (policy == UnknownSender::Contact || policy == UnknownSender::Lead)
        create_for(*sender,
                   policy == UnknownSender::Contact ? PartyKind::Contact : PartyKind::Lead, "", "",
                   "policy of unknown senders");
}

}  // namespace liaison::mail
