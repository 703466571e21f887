#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/interaction.hpp"
#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/operation.hpp"
#include "core/record.hpp"
#include "storage/database.hpp"

namespace boost::json {
class value;
class object;
}  // namespace boost::json

/// What the codec's files share. Everything here throws StorageFailure on text that cannot be read.
namespace liaison::storage::codec {

using Json = boost::json::value;

/// Reads an object member by member; `finish` refuses members that nobody asked for.
class Members {
public:
    explicit Members(const Json& value);
    const Json* find(std::string_view name);
    const Json& get(std::string_view name);
    std::string text(std::string_view name);  ///< absent: empty
    std::int64_t integer(std::string_view name);  ///< absent: 0
    bool flag(std::string_view name);         ///< absent: false
    void finish() const;

private:
    const boost::json::object* object_;
    std::size_t taken_ = 0;
};

/// Writes an object; empty texts, zeros, false flags and absent values are left out.
class Builder {
public:
    Builder();
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;
    Builder& text(std::string_view name, std::string_view value);
    Builder& integer(std::string_view name, std::int64_t value);
    Builder& flag(std::string_view name, bool value);
    Builder& part(std::string_view name, Json value);
    Json take();

private:
    std::unique_ptr<boost::json::object> object_;
};

std::string text_of(const Json& value);
std::int64_t integer_of(const Json& value);
const Json& element(const Json& array, std::size_t index, std::size_t size);
std::size_t array_size(const Json& array);

/// The document of one value: {"v":1,"d":...} and back.
std::string to_document(Json value);
void read_document(std::string_view text, const std::function<void(const Json&)>& read);

/// A word of a closed list back to its enumerator; `count` enumerators from 0.
template <class E>
E read_word(std::string_view text, int count) {
    for (int i = 0; i < count; ++i)
        if (to_string(static_cast<E>(i)) == text) return static_cast<E>(i);
    broken("stored record: unknown word");
}
inline Side read_side(std::string_view text) { return read_word<Side>(text, 2); }
inline Reason read_reason(std::string_view text) {
    return read_word<Reason>(text, static_cast<int>(Reason::PrivateItem) + 1);
}
Field read_field(std::string_view name);

Json write_value(const Value& value);
Value read_value(Field field, const Json& value);
Json write_record(const Record& record);
Record read_record(const Json& value);
Json write_patch(const Patch& patch);
Patch read_patch(const Json& value);
Json write_date(const Date& date);
Date read_date(const Json& value);
Json write_error(const Error& error);
Error read_error(const Json& value);
Json write_text(const std::string& text);
Json write_operation(const Operation& operation);
Operation read_operation(const Json& value);

}  // namespace liaison::storage::codec
