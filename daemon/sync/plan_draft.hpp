#pragma once
#include <string>
#include <vector>

#include "core/link.hpp"
#include "core/operation.hpp"
#include "daemon/sync/merge.hpp"

namespace liaison::sync {

/// The token that the link's Exchange item carries: with the CRM's own id, if the CRM item exists.
CorrelationToken full_token(const Link& link);

/// An update that only takes our token off a copy that a person made (F38). It concerns an item without a link; the
/// link that it names is the one whose token was copied.
bool releases_copy(const Operation& operation);

/// A plan in the making. Its methods are the vocabulary of the case table; each changes the view as the committed
/// plan will change the link, so that later steps see it.
class PlanDraft {
public:
    /// `picture` must outlive the draft.
    explicit PlanDraft(const Picture& picture);

    /// Merges both sides, stamps the token, sets the colour.
    void bring_in_step(LinkView& view);
    /// Queues the counterpart of the other side's item, or unlinks where policy or the endpoint forbids it.
    void create(LinkView& view, Side target, Reason reason);
    /// Queues a deletion, or unlinks where policy, the endpoint or the item's own state forbids it.
    void remove(LinkView& view, Side target, Reason reason);
    /// Ends the link. What stays is marked so that it is not taken for a new item.
    void unlink(LinkView& view, Reason reason);
    /// A link whose only item so far is `seen`.
    LinkView open(Side source, const Observation& seen, Reason reason, CorrelationToken token);
    /// Opens a link for a new item and creates its counterpart.
    void mirror_new(Side source, const Observation& seen);
    /// The edit on `source` outranks the deletion on the other side.
    void recreate(LinkView& view, Side source);
    void bind(LinkView& view, Side side, const Observation& seen, Record shadow, bool attached, Reason reason);
    void advance(LinkView& view, Side side, Version version, Record shadow, Reason reason);
    void withdraw(LinkView& view);
    void park(Side side, const Observation& seen, Reason reason, std::string code, std::string detail);
    void park(ParkedItem item) { plan_.parked.push_back(std::move(item)); }
    void release_copy(LinkView& view, Side side, const Observation& copy);

    const Picture& picture() const { return picture_; }
    CorrelationToken new_token(ItemKey crm_key) const;
    Plan take();

private:
    struct Sight;
    Sight look(const LinkView& view, Side side) const;
    Operation draft(const LinkView& view, Side side, OperationKind kind, Reason reason) const;
    Merged merge(const Sight& crm, const Sight& exchange) const;
    bool plan_crm_update(const LinkView& view, const Merged& merged);
    bool plan_exchange_update(const LinkView& view, Merged& merged, const Sight& exchange);
    void advance_shadows(LinkView& view, Merged& merged);
    void record_conflicts(const LinkView& view, const Merged& merged, std::optional<Side> written);
    void learn_token(LinkView& view, const Sight& exchange);
    bool needs_stamp(const LinkView& view, const Sight& exchange) const;
    void colour(const Record& crm, Merged& merged) const;
    void recheck(LinkView& view, const Record& crm);
    bool colours() const;
    bool may_create(Side target, const Record& source) const;

    const Picture& picture_;
    Plan plan_;
};

}  // namespace liaison::sync
