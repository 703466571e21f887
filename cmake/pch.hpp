// What nearly every file of the house reads. Boost beyond the awaitable header stays out: parsing is not what it costs.
#pragma once
#include <algorithm>
#include <array>
#include <bitset>
#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
