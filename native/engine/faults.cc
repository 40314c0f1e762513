#include "engine/faults.h"

#include <atomic>
#include <new>
#include <stdexcept>
#include <system_error>

namespace blasnet {
namespace {

struct Order {
  std::atomic<std::int64_t> countdown{-1};
  std::atomic<FaultKind> kind{FaultKind::refusal};
  std::atomic<bool> forever{false};
};

// Never destroyed: threads may pass here while the process exits.
Order orders[kFaultSites];

[[noreturn]] void fail(FaultSite site, FaultKind kind) {
  if (kind == FaultKind::exception) throw std::runtime_error("A fault that a test ordered");
  if (kind == FaultKind::foreign) throw 42;  // NOLINT: what no handler of std::exception catches
  if (site == FaultSite::thread) {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  }
  throw std::bad_alloc();
}

}  // namespace

void orderFault(FaultSite site, FaultKind kind, std::int64_t after, bool forever) {
  Order& order = orders[static_cast<int>(site)];
  order.countdown = -1;
  order.kind = kind;
  order.forever = forever;
  order.countdown = after < 0 ? -1 : after;
}

void meetFault(FaultSite site) {
  Order& order = orders[static_cast<int>(site)];
  std::int64_t left = order.countdown.load(std::memory_order_relaxed);
  if (left < 0) return;
  const bool forever = order.forever;
  // Several threads may count down at once; exactly one of them takes the last step of a single fault.
  while (!order.countdown.compare_exchange_weak(left, left == 0 && forever ? 0 : left - 1)) {
    if (left < 0) return;
  }
  if (left == 0) fail(site, order.kind);
}

}  // namespace blasnet
