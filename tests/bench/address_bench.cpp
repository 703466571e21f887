#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <unordered_set>

#include "core/address_filter.hpp"
#include "tests/bench/bench_world.hpp"

namespace liaison::bench {
namespace {

std::string contact_address(std::uint64_t number, const char* place) {
    return "firstname" + std::to_string(number * 7919 % 1'000'003) + ".lastname" +
           std::to_string(number) + "@company" + std::to_string(number % 50'021) + "." + place;
}

/// Half known, half strangers, in random order; the same for every structure.
const std::vector<std::string>& asked_addresses(std::uint64_t contacts) {
    static std::map<std::uint64_t, std::vector<std::string>> made;
    std::vector<std::string>& out = made[contacts];
    Words words(11);
    while (out.size() < 200'000) {
        const auto number =
            static_cast<std::uint64_t>(words.roll(static_cast<std::size_t>(contacts)));
        out.push_back(
            contact_address(number, out.size() % 2 == 0 ? "customer.test" : "stranger.test"));
    }
    return out;
}

/// Whether the CRM may have an address, batches of 32 as a page of mails asks for them; one address
/// per item.
void address_filter(benchmark::State& state) {
    const auto contacts = static_cast<std::uint64_t>(state.range(0));
    static std::map<std::uint64_t, std::unique_ptr<AddressFilter>> filters;
    auto& filter = filters[contacts];
    if (!filter) {
        filter = std::make_unique<AddressFilter>(static_cast<std::size_t>(contacts), 3);
        for (std::uint64_t i = 0; i < contacts; ++i)
            filter->add(contact_address(i, "customer.test"));
    }
    const std::vector<std::string>& asked = asked_addresses(contacts);
    std::size_t at = 0, passed = 0, strangers = 0;
    std::vector<std::uint32_t> found;
    for (auto _ : state) {
        found.clear();
        filter->select(std::span(asked).subspan(at, 32), found);
        passed += found.size();
        for (const std::uint32_t one : found) strangers += one % 2;
        at = at + 64 > asked.size() ? 0 : at + 32;
    }
    state.SetItemsProcessed(state.iterations() * 32);
    state.counters["bytes_per_address"] =
        static_cast<double>(filter->bytes()) / static_cast<double>(contacts);
    state.counters["strangers_passed"] = static_cast<double>(strangers);
    benchmark::DoNotOptimize(passed);
}
BENCHMARK(address_filter)->Name("addresses/filter")->Arg(1'000'000)->Arg(10'000'000);

/// The obvious structure for comparison: a hash set of strings.
void address_set(benchmark::State& state) {
    const auto contacts = static_cast<std::uint64_t>(state.range(0));
    std::unordered_set<std::string> known;
    for (std::uint64_t i = 0; i < contacts; ++i) known.insert(contact_address(i, "customer.test"));
    const std::vector<std::string>& asked = asked_addresses(contacts);
    std::size_t at = 0, passed = 0;
    for (auto _ : state) {
        passed += known.contains(asked[at]) ? 1 : 0;
        at = (at + 1) % asked.size();
    }
    state.SetItemsProcessed(state.iterations());
    benchmark::DoNotOptimize(passed);
}
BENCHMARK(address_set)->Name("addresses/unordered_set")->Arg(1'000'000);

}  // namespace
}  // namespace liaison::bench
