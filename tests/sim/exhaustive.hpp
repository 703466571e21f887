#pragma once
#include <cstddef>
#include <string>

namespace liaison::sim {

struct ExhaustiveOptions {
    std::string only;          ///< scenarios whose name holds this; empty: all
    std::size_t jobs = 1;      ///< processes
    bool tells = false;        ///< a line per scenario
    bool undisturbed = false;  ///< each once, without disturbance
};

/// Plays every scenario once without disturbance, then once for each point where the process can
/// die (around every store verb and every effect, and within every commit), and twice for each
/// request to Exchange (lost on its way; done with its answer lost). Each must end as the
/// undisturbed one did, and one more turn must write nothing. Prints what fails and a last line
/// with counts; answers 0 if nothing failed.
int run_exhaustive(const ExhaustiveOptions& options);

}  // namespace liaison::sim
