#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace liaison::service {

/// A program that we start. It dies with its parent (also when the parent is killed).
class ChildProcess {
public:
    /// `output_file` takes standard output and error (appended).
    static Result<std::unique_ptr<ChildProcess>> start(std::vector<std::string> arguments,
                                                       const std::string& output_file);
    /// Asks it to end and waits up to ten seconds, then ends it.
    virtual ~ChildProcess() = default;
    virtual long id() const = 0;
    /// The exit status once it has ended (128 + signal when it was killed).
    virtual std::optional<int> ended() = 0;
    virtual void terminate() = 0;
};

/// Becomes another program. Returns only if that failed, with the reason.
Error become_program(std::vector<std::string> arguments);

/// The path of this very program, to find its siblings.
std::string own_program_path();
/// Resident memory of a process and its peak in bytes; 0 when unknown.
std::size_t peak_memory_of(long process_id);

}  // namespace liaison::service
