#pragma once
#include <optional>
#include <string>

#include "service/config.hpp"

namespace liaison::service {

// The verbs of `liaison` that need a configuration. Each prints for people and answers the exit code: 0 done, 1 failed,
// 2 the configuration is wrong.
int run_service(const std::string& config_file);
int check_config(const std::string& config_file);
int print_plans(const std::string& config_file);

/// The configuration, or nothing after telling every error.
std::optional<Config> read_config(const std::string& file);

}  // namespace liaison::service
