#include <gtest/gtest.h>

#include "core/address_filter.hpp"

namespace liaison {
namespace {

std::string address_number(std::size_t n, const char* domain) {
    return "person." + std::to_string(n) + "@department" + std::to_string(n % 997) + "." + domain;
}

TEST(AddressFilter, WhatWasAddedIsAlwaysFoundAndStrangersAlmostNever) {
    constexpr std::size_t kCount = 300'000;
    AddressFilter filter(kCount, 42);
    for (std::size_t i = 0; i < kCount; ++i)
        ASSERT_TRUE(filter.add(address_number(i, "customer.test"))) << i;
    std::size_t strangers = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
        ASSERT_TRUE(filter.may_hold(address_number(i, "customer.test"))) << i;
        strangers += filter.may_hold(address_number(i, "stranger.test")) ? 1 : 0;
    }
    EXPECT_LE(strangers, 2u);
    EXPECT_LE(filter.bytes(), 5 * kCount);
    EXPECT_GE(filter.size(), kCount - 20);  // equal hashes stand for each other
}

TEST(AddressFilter, SelectAgreesWithOneByOne) {
    AddressFilter filter(1'000, 7);
    std::vector<std::string> asked;
    for (std::size_t i = 0; i < 2'000; ++i) {
        asked.push_back(address_number(i, "x.test"));
        if (i % 3 == 0) filter.add(asked.back());
    }
    std::vector<std::uint32_t> found;
    filter.select(asked, found);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < asked.size(); ++i)
        if (filter.may_hold(asked[i])) expected.push_back(i);
    EXPECT_EQ(found, expected);
    EXPECT_GE(found.size(), 667u);
}

TEST(AddressFilter, SaysWhenItIsFull) {
    AddressFilter filter(100, 1);
    std::size_t added = 0;
    while (filter.add(address_number(added, "x.test")) && added < 10'000) ++added;
    EXPECT_GE(added, 100u);
    EXPECT_LE(added, filter.room());
    EXPECT_TRUE(filter.add(address_number(0, "x.test"))) << "what is there needs no room";
    for (std::size_t i = 0; i < added; ++i)
        EXPECT_TRUE(filter.may_hold(address_number(i, "x.test")));
    EXPECT_FALSE(AddressFilter(0, 1).may_hold("a@x.test"));
}

}  // namespace
}  // namespace liaison
