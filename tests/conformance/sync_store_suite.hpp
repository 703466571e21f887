#pragma once

/// What every SyncStore promises. Include in one file of an adapter's tests and instantiate SyncStoreSuite with its beds.
#include "tests/conformance/sync_store_suite_observe.hpp"
#include "tests/conformance/sync_store_suite_plan.hpp"
#include "tests/conformance/sync_store_suite_settle.hpp"
