// Faults that tests order, so that what happens on a bad day is seen on a good one. Without an order each place costs one
// relaxed load.
#pragma once

#include <cstdint>

namespace blasnet {

enum class FaultSite { allocation, thread, call, job, step, completion };
constexpr int kFaultSites = 6;

// What is thrown. `refusal` is what the site would meet in life: no memory, or no thread.
enum class FaultKind { refusal, exception, foreign };
constexpr int kFaultKinds = 3;

// The site fails when it has been passed `after` more times, once or from then on. A negative `after` takes it back.
void orderFault(FaultSite site, FaultKind kind, std::int64_t after, bool forever);

void meetFault(FaultSite site);

}  // namespace blasnet
