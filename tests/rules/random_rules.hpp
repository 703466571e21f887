#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/rules/reference_evaluator.hpp"

/// Random rule documents and mails from a small vocabulary, so that conditions often hold.
/// Deterministic in the seed.
namespace liaison::reference {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    /// 0 to `below` - 1.
    std::size_t roll(std::size_t below) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>((state_ >> 11) % below);
    }
    bool one_in(std::size_t n) { return roll(n) == 0; }
    std::string pick(const std::vector<std::string>& from) { return from[roll(from.size())]; }

private:
    std::uint64_t state_;
};

std::string random_document(Dice& dice, std::size_t rules);
ReferenceInput random_mail(Dice& dice);

}  // namespace liaison::reference
