#pragma once
#include <functional>
#include <string>

#include "tests/rules/reference_evaluator.hpp"

/// The mails of ../shared/data as Exchange would describe them: taken apart by the stand-in
/// Exchange, whose parse the consensus test of tests/sandbox judges.
namespace liaison::reference {

/// Whether the archive is there.
bool have_real_mails(const std::string& archive);

/// Calls `take` for every mail of an archive: file name and facts. Facts that no file can tell
/// (folder, mailbox, categories, flag, what the CRM knows of an address, an earlier mail of the
/// thread logged) are made up from hashes of names and addresses, the same in every run.
void for_each_real_mail(const std::string& archive,
                        const std::function<void(const std::string&, const ReferenceInput&)>& take);

}  // namespace liaison::reference
