#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/record.hpp"
#include "core/result.hpp"
#include "core/text.hpp"

namespace liaison::sync::model {

inline constexpr std::size_t kSubjectMax = 12;

/// The lossy side: subjects are cut, a completed task is 100 percent, the completion date is its own and cannot be
/// written.
inline Record project_exchange(const Record& record) {
    Record out(record.kind());
    for (const auto& [field, value] : record.values())
        if (field != Field::OwnerId) out.set(field, value);
    if (out.find(Field::Subject)) out.set(Field::Subject, truncate_chars(out.text(Field::Subject), kSubjectMax));
    if (out.find(Field::Status) == nullptr) out.set(Field::Status, std::string("not_started"));
    if (out.text(Field::Status) == "completed") out.set(Field::PercentComplete, std::int64_t{100});
    return out;
}

inline Record project_crm(const Record& record) {
    Record out = record;
    out.erase(Field::StateCategory);
    if (out.find(Field::Status) == nullptr) out.set(Field::Status, std::string("not_started"));
    return out;
}

inline EndpointCapabilities crm_capabilities() {
    EndpointCapabilities can;
    can.carried = {Field::Subject, Field::Body, Field::Status, Field::Priority, Field::DueDate, Field::PercentComplete,
                   Field::Distance, Field::IsPrivate, Field::OwnerId, Field::TimeWorkedMinutes};
    can.writable = can.carried;
    can.project = project_crm;
    return can;
}

inline EndpointCapabilities exchange_capabilities() {
    EndpointCapabilities can;
    can.carried = {Field::Subject, Field::Body, Field::Status, Field::Priority, Field::DueDate, Field::PercentComplete,
                   Field::Distance, Field::IsPrivate, Field::StateCategory, Field::Categories, Field::TimeWorkedMinutes};
    can.writable = can.carried;
    can.token_place = TokenPlace::ExtendedProperty;
    can.write_groups = {{Field::Status, Field::PercentComplete}};
    can.project = project_exchange;
    return can;
}

/// One side of a pair in memory: items, versions, and a feed that tells what each change looked like when it
/// happened.
class ModelSide {
public:
    struct Item {
        Record record;
        int version = 0;
        CorrelationToken token;
        Timestamp modified_at{};
    };

    ModelSide(Side side, EndpointCapabilities can) : side_(side), can_(std::move(can)) {}

    const EndpointCapabilities& capabilities() const { return can_; }
    const std::map<ItemKey, Item>& items() const { return items_; }
    const std::vector<Observation>& feed() const { return feed_; }
    std::size_t writes = 0;  ///< effects of the daemon

    Observation observe(const ItemKey& key) const {
        Observation seen;
        seen.key = key;
        const auto it = items_.find(key);
        if (it == items_.end()) {
            seen.content = Tombstone{};
            return seen;
        }
        seen.version = Version("v" + std::to_string(it->second.version));
        seen.modified_at = it->second.modified_at;
        seen.token = it->second.token;
        seen.content = it->second.record;
        return seen;
    }

    ItemKey put_new(Record record, CorrelationToken token, Timestamp now) {
        const ItemKey key((side_ == Side::Crm ? "c" : "e") + std::to_string(++last_key_));
        items_[key] = Item{can_.project(record), 1, std::move(token), now};
        feed_.push_back(observe(key));
        return key;
    }

    void change(const ItemKey& key, Record record, Timestamp now) {
        Item& item = items_.at(key);
        item.record = std::move(record);
        ++item.version;
        item.modified_at = now;
        feed_.push_back(observe(key));
    }

    void erase(const ItemKey& key, Timestamp now) {
        items_.erase(key);
        Observation gone;
        gone.key = key;
        gone.modified_at = now;
        gone.content = Tombstone{};
        feed_.push_back(gone);
    }

    /// A person moves the item: it gets another key and keeps our token.
    ItemKey move(const ItemKey& key, Timestamp now) {
        const Item item = items_.at(key);
        erase(key, now);
        const ItemKey fresh = put_new(item.record, item.token, now);
        return fresh;
    }

    // ---- what the daemon asks for

    Result<Observation> create(const Record& record, const CorrelationToken& token, Timestamp now) {
        ++writes;
        return observe(put_new(record, token, now));
    }

    Result<Observation> update(const Operation& operation, Timestamp now) {
        const auto it = items_.find(operation.key);
        if (it == items_.end()) return fail(ErrorKind::NotFound, "gone");
        if (observe(operation.key).version != operation.expected_version)
            return fail(ErrorKind::VersionConflict, "moved on");
        ++writes;
        if (operation.stamp_token) it->second.token = operation.token;
        change(operation.key, can_.project(apply(it->second.record, operation.patch)), now);
        return observe(operation.key);
    }

    Result<Observation> remove(const Operation& operation, Timestamp now) {
        if (!items_.contains(operation.key)) return fail(ErrorKind::NotFound, "gone");
        if (observe(operation.key).version != operation.expected_version)
            return fail(ErrorKind::VersionConflict, "moved on");
        ++writes;
        erase(operation.key, now);
        Observation gone;
        gone.key = operation.key;
        gone.modified_at = now;
        gone.content = Tombstone{true};
        return gone;
    }

    std::optional<Observation> find_by_token(const CorrelationToken& token) const {
        std::optional<Observation> first;
        for (const auto& [key, item] : items_)
            if (item.token == token && (!first || item.modified_at < first->modified_at)) first = observe(key);
        return first;
    }

private:
    Side side_;
    EndpointCapabilities can_;
    std::map<ItemKey, Item> items_;
    std::vector<Observation> feed_;
    int last_key_ = 0;
};

}  // namespace liaison::sync::model
