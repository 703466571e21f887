#include "tests/sim/rule_admin.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/process.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

using Verdict = RuleEffect::Verdict;

constexpr std::array<const char*, RuleAdmin::kFamily> kDocuments{
    R"({"rules":[]})",
    R"({"rules":[{"displayName":"No amber","conditions":{"subjectContains":["amber"]},
        "actions":{"skipLogging":true}}]})",
    R"({"rules":[{"displayName":"No cobalt","conditions":{"subjectContains":["cobalt"]},
        "actions":{"skipLogging":true,"assignCategories":["Cobalt"]}}]})",
    R"({"rules":[{"displayName":"Amber","conditions":{"subjectContains":["amber"]},
        "actions":{"logInteraction":{"template":"AMBER"}}}]})",
    R"({"rules":[{"displayName":"A","conditions":{"subjectContains":["amber"]},
        "actions":{"assignCategories":["Amber"]}},
        {"displayName":"C","conditions":{"subjectContains":["cobalt"]},
        "actions":{"assignCategories":["Cobalt"]}}]})",
    R"({"rules":[{"displayName":"File","conditions":{"subjectContains":["cobalt"]},
        "actions":{"moveToFolder":"Inbox/Filed"}}]})",
    R"({"rules":[{"displayName":"Wait","conditions":{"subjectContains":["amber"]},
        "actions":{"hold":true}}]})",
    R"({"rules":[{"displayName":"First","conditions":{"subjectContains":["amber"]},
        "actions":{"logInteraction":{"template":"AMBER"},"stopProcessingRules":true}},
        {"displayName":"Second","conditions":{"subjectContains":["amber","cobalt"]},
        "actions":{"skipLogging":true}}]})"};

}  // namespace

const char* RuleAdmin::document(std::size_t member) {
    return kDocuments[member];
}

RuleEffect RuleAdmin::effect(std::size_t member, std::string_view words) {
    const bool amber = words.find("amber") != std::string_view::npos;
    const bool cobalt = words.find("cobalt") != std::string_view::npos;
    RuleEffect out;
    switch (member) {
        case 1:
            if (amber) out.verdict = Verdict::Skip;
            break;
        case 2:
            if (cobalt) out = {Verdict::Skip, false, "", {"Cobalt"}};
            break;
        case 3:
            out.own_template = amber;
            break;
        case 4:
            if (amber) out.categories.insert("Amber");
            if (cobalt) out.categories.insert("Cobalt");
            break;
        case 5:
            if (cobalt) out.move_to = "Inbox/Filed";
            break;
        case 6:
            if (amber) out.verdict = Verdict::Hold;
            break;
        case 7:
            out.own_template = amber;
            if (cobalt && !amber) out.verdict = Verdict::Skip;
            break;
        default:
            break;
    }
    return out;
}

void RuleAdmin::step(std::uint32_t event) {
    const std::uint64_t chance = mix(world_.options().seed, 31, event);
    if (world_.options().seed % 3 == 0 || chance % 4 != 0 || !world_.process()) return;
    LiaisonProcess& process = *world_.process();
    world_.loop.spawn(process.owner(), process.replace_rules((chance >> 8) % kFamily));
}

Async<void> RuleAdmin::replace_now() {
    const std::uint64_t other = world_.dice.pick(FaultId::RuleChanges, kFamily - 1);
    const std::size_t member = (member_in_force() + 1 + other) % kFamily;
    co_await world_.process()->replace_rules(member);
}

/// Versions before this one are not taken by new cycles.
void RuleAdmin::supersede(std::size_t before) {
    for (std::size_t i = 0; i < before; ++i) {
        Version& old = versions_[i];
        if (old.superseded) continue;
        old.superseded = true;
        if (old.cycles == 0) old.until = world_.loop.now();
    }
}

void RuleAdmin::loaded(std::int64_t number, const std::string& document, const std::string& hash) {
    std::size_t member = 0;
    while (member < kFamily && document != kDocuments[member]) ++member;
    if (member == kFamily) {
        world_.violated("rules", "a document is in force that the admin did not write");
        member = 0;
    }
    supersede(versions_.size());
    current_ = versions_.size();
    versions_.push_back({member, number, hash, world_.loop.now()});
    world_.tell("rules " + std::to_string(member) + " are in force, version " +
                std::to_string(number));
}

std::size_t RuleAdmin::offered(std::size_t member, std::int64_t number) {
    versions_.push_back({member, number, {}, world_.loop.now()});
    world_.tell("the admin puts rules " + std::to_string(member) + " in force as version " +
                std::to_string(number));
    return versions_.size() - 1;
}

void RuleAdmin::in_force(std::size_t version, const std::string& hash) {
    supersede(version);
    versions_[version].hash = hash;
    current_ = version;
}

std::size_t RuleAdmin::cycle_begins() {
    ++versions_[current_].cycles;
    return current_;
}

void RuleAdmin::cycle_ends(std::size_t version) {
    Version& used = versions_[version];
    if (--used.cycles == 0 && used.superseded) used.until = world_.loop.now();
}

void RuleAdmin::process_ended() {
    for (Version& version : versions_) {
        if (version.cycles > 0 && version.superseded) version.until = world_.loop.now();
        version.cycles = 0;
    }
}

bool RuleAdmin::in_use(const Version& version, Timestamp from, Timestamp to) const {
    return !version.refused && version.since <= to && (!version.until || *version.until >= from);
}

}  // namespace liaison::sim
