#pragma once
#include <optional>

namespace liaison::sim {

/// `--exhaustive` and `--planted` are programs of their own behind the simulator's name. Answers
/// the exit code if the command line asks for one of them.
std::optional<int> run_other_mode(int argc, char** argv);

}  // namespace liaison::sim
