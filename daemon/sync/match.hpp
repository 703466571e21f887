#pragma once
#include <set>
#include <vector>

#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/operation.hpp"

namespace liaison::sync {

/// Two items without a link that are one.
struct Match {
    const Observation* crm = nullptr;       ///< points into the picture
    const Observation* exchange = nullptr;  ///< points into the picture
    Reason reason = Reason::MatchedByContent;
    bool attached = false;  ///< the Exchange item is an attendee's copy
};

/// Keys of free items that are spoken for.
struct Claimed {
    std::set<ItemKey> crm;
    std::set<ItemKey> exchange;

    std::set<ItemKey>& side(Side which) { return which == Side::Crm ? crm : exchange; }
    const std::set<ItemKey>& side(Side which) const { return which == Side::Crm ? crm : exchange; }
};

struct Matches {
    std::vector<Match> matches;
    std::vector<ParkedItem> parked;  ///< two candidates for one item: a human decides
    /// Matched, parked, or to be left alone: orphans of an earlier link, items of another installation, attendees'
    /// copies whose meeting is expected from the organiser's mailbox.
    Claimed claimed;
};

/// Finds pairs among the free items: by token, by iCalendar UID, by content. Never guesses. `taken` are keys that
/// are not to be looked at.
Matches match_unlinked(const Picture& picture, const Claimed& taken = {});

/// An attendee's copy of a meeting: it says that somebody else organises it. Nothing flows back into it.
bool is_attendee_copy(const Record& exchange, const Picture& picture);

/// The rep marked it private and the CRM does not know it as private: its content stays in the mailbox.
bool stays_private(const Record& exchange, const Record* crm, const PairPolicy& policy);

/// The free item was left by this installation for an item of the CRM.
bool names_our_item(const CorrelationToken& token, const Picture& picture);

}  // namespace liaison::sync
