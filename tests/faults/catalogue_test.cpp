#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/sim/catalogue.hpp"

namespace liaison::sim {
namespace {

TEST(Catalogue, NamesAHundredFaultsAndGivesAReasonForWhatIsNotSimulated) {
    std::set<std::string_view> names;
    std::size_t simulated = 0;
    for (const FaultInfo& info : fault_catalogue()) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_FALSE(info.phrase.empty()) << info.name;
        EXPECT_FALSE(info.threatens.empty()) << info.name;
        EXPECT_EQ(info.simulated(), !info.felt_by.empty()) << info.name;
        EXPECT_EQ(parse_fault(fault_code(info.id)), info.id);
        EXPECT_EQ(parse_fault(info.name), info.id);
        simulated += info.simulated();
    }
    EXPECT_EQ(names.size(), 100u);
    EXPECT_GE(simulated, 60u);
}

TEST(Catalogue, TheDocumentSaysOfEachFaultWhatTheCatalogueSays) {
    std::ifstream in(std::string(LIAISON_SOURCE_DIR) + "/docs/reliability.md");
    std::ostringstream whole;
    whole << in.rdbuf();
    const std::string text = whole.str();
    for (const FaultInfo& info : fault_catalogue()) {
        const std::string last = std::string(info.simulated() ? info.felt_by : info.not_simulated);
        const std::string row = "| " + fault_code(info.id) + " " + std::string(info.name) + " | " +
                                std::string(info.phrase) + " | " + last + " |";
        EXPECT_NE(text.find(row), std::string::npos) << row;
    }
}

TEST(FaultDice, EverySimulatedFaultFiresInSomeSeedAndNoneBeyondTheBudget) {
    FaultTally tally;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        FaultDice dice({.seed = seed, .budget = 3});
        for (int round = 0; round < 20; ++round)
            for (const FaultInfo& info : fault_catalogue())
                if (info.simulated()) dice.fires(info.id);
        EXPECT_LE(dice.fired(), 3u);
        tally.add(dice);
    }
    EXPECT_TRUE(tally.never_fired().empty());
    EXPECT_EQ(tally.never_felt().size(), static_cast<std::size_t>(std::count_if(
                                             fault_catalogue().begin(), fault_catalogue().end(),
                                             [](const auto& i) { return i.simulated(); })));
}

std::vector<Occurrence> play(FaultDice dice) {
    for (int round = 0; round < 200; ++round)
        for (const FaultInfo& info : fault_catalogue())
            if (dice.fires(info.id)) (void)dice.pick(info.id, 10);
    return dice.occurrences();
}

TEST(FaultDice, IsAFunctionOfItsSeed) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        EXPECT_EQ(play(FaultDice({.seed = seed, .budget = 20})),
                  play(FaultDice({.seed = seed, .budget = 20})));
    }
    EXPECT_NE(play(FaultDice({.seed = 1, .budget = 20})),
              play(FaultDice({.seed = 2, .budget = 20})));
}

TEST(FaultDice, ASuppressedOccurrenceLeavesTheOthersOfTheSameFaultWhereTheyWere) {
    FaultDice::Options options{.seed = 4, .budget = 1000, .only = FaultId::ServerBusy};
    const auto all = play(FaultDice(options));
    ASSERT_GT(all.size(), 5u);
    options.suppressed = {all[2]};
    auto rest = play(FaultDice(options));
    auto expected = all;
    expected.erase(expected.begin() + 2);
    EXPECT_EQ(rest, expected);
}

TEST(FaultDice, ADrawOfDetailsDependsOnTheOccurrenceAlone) {
    FaultDice one({.seed = 9, .budget = 100, .only = FaultId::RetryAfterForms});
    FaultDice two({.seed = 9, .budget = 100, .only = FaultId::RetryAfterForms});
    while (!one.fires(FaultId::RetryAfterForms)) {
    }
    while (!two.fires(FaultId::RetryAfterForms)) two.fires(FaultId::ServerBusy);
    const auto first = one.pick(FaultId::RetryAfterForms, 1'000'000);
    EXPECT_EQ(first, two.pick(FaultId::RetryAfterForms, 1'000'000));
    EXPECT_NE(first, one.pick(FaultId::RetryAfterForms, 1'000'000));
}

TEST(FaultDice, PaceSpreadsTheBudgetOverTheRun) {
    FaultDice dice({.seed = 3, .budget = 10, .only = FaultId::ServerBusy});
    for (std::size_t step = 0; step < 100; ++step) {
        dice.pace(step, 100);
        for (int i = 0; i < 50; ++i) dice.fires(FaultId::ServerBusy);
        EXPECT_LE(dice.fired(), step / 10 + 1);
    }
    EXPECT_EQ(dice.fired(), 10u);
}

TEST(FaultDice, FeelsEachFiringOnceAndNothingFiresAfterHealing) {
    FaultDice dice({.seed = 3, .budget = 10, .only = FaultId::ServerBusy});
    dice.felt(FaultId::ServerBusy, "early");
    EXPECT_EQ(dice.count(FaultId::ServerBusy).felt, 0u);
    while (!dice.fires(FaultId::ServerBusy)) {
    }
    dice.felt(FaultId::ServerBusy, "a pause");
    dice.felt(FaultId::ServerBusy, "a pause");
    EXPECT_EQ(dice.count(FaultId::ServerBusy).felt, 1u);
    EXPECT_EQ(dice.open(FaultId::ServerBusy), 0u);
    dice.heal();
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(dice.fires(FaultId::ServerBusy));
}

}  // namespace
}  // namespace liaison::sim
