#pragma once
#include <array>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

/// Part of the reference evaluator: what rules ask for, and which of it excludes what. From
/// docs/rules.md, "Order and precedence".
namespace liaison::reference {

std::string str(const boost::json::value& value);
std::string strip_blanks(std::string text);
std::string plain_path(std::string text);

/// What earlier rules decided, and what a further one may still add to it.
class Deeds {
public:
    /// The actions of a rule that matched.
    void add(const boost::json::object& actions);
    std::set<std::string> lines() const;

private:
    bool in_copies(const std::string& path) const;
    /// Whether logging is still open to this word.
    bool claim(const std::string& word);
    void places(const boost::json::object& actions);
    void marks(const boost::json::object& actions);
    void logging(const boost::json::object& actions);
    void records(const boost::json::object& actions);

    std::string move_, importance_, flag_, family_;
    bool read_ = false, log_ = false;
    std::map<std::string, std::string> log_fields_;
    std::string regarding_;  // "opportunity|O1"
    std::vector<std::string> copies_, categories_, tasks_;
    std::vector<std::array<std::string, 4>> people_;  // kind, for, company, owner
};

}  // namespace liaison::reference
