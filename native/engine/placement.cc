#include "engine/placement.h"

#if !defined(__linux__)
#include <thread>
#endif

namespace blasnet {

#if defined(__linux__)

namespace {

// Between two moves of one worker: where another program holds a processor, moving there again and again would cost more
// than sharing.
constexpr std::chrono::microseconds kPause{500};

}  // namespace

Placement::Placement(int workers) {
  if (workers < 2 || sched_getaffinity(0, sizeof(allowed_), &allowed_) != 0) return;
  crowded_ = CPU_COUNT(&allowed_) < workers;
  if (crowded_) return;
  const auto count = static_cast<std::size_t>(workers);
  place_ = std::make_unique<std::atomic<int>[]>(count);
  lastMove_ = std::make_unique<std::chrono::steady_clock::time_point[]>(count);
  for (std::size_t i = 0; i < count; i++) place_[i].store(-1, std::memory_order_relaxed);
  workers_ = workers;
}

void Placement::move(int worker) {
  const auto now = std::chrono::steady_clock::now();
  if (now - lastMove_[worker] < kPause) return;
  lastMove_[worker] = now;
  cpu_set_t free = allowed_;
  for (int other = 0; other < workers_; other++) {
    const int taken = place_[other].load(std::memory_order_relaxed);
    if (taken >= 0) CPU_CLR(taken, &free);
  }
  if (CPU_COUNT(&free) == 0) return;
  // A thread that may not run where it is moves at once; then it may go anywhere again.
  if (sched_setaffinity(0, sizeof(free), &free) != 0) return;
  place_[worker].store(sched_getcpu(), std::memory_order_relaxed);
  sched_setaffinity(0, sizeof(allowed_), &allowed_);
}

#else

Placement::Placement(int workers) : crowded_(static_cast<int>(std::thread::hardware_concurrency()) < workers) {}

#endif

}  // namespace blasnet
