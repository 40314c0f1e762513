// Where the threads of a run stand.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#if defined(__linux__)
#include <sched.h>
#endif

namespace blasnet {

// Keeps the workers of a run on processors of their own. A scheduler may wake two of them on one processor and take
// milliseconds to part them, while each waits for the other at every barrier: half the speed and worse. A worker that finds
// itself beside another one moves to a processor without any, and is free to be moved again from there: nothing is pinned,
// so other programs are not crowded out. Does nothing where the workers are more than the processors, and on systems other
// than Linux, which part threads themselves.
class Placement {
 public:
  explicit Placement(int workers);

  // Whether there are more workers than processors.
  bool crowded() const { return crowded_; }

  // Called by a worker between pieces of work, at the cost of reading its processor's number.
  void settle(int worker) {
#if defined(__linux__)
    if (workers_ < 2) return;
    const int processor = sched_getcpu();
    place_[worker].store(processor, std::memory_order_relaxed);
    for (int other = 0; other < worker; other++) {
      if (place_[other].load(std::memory_order_relaxed) == processor) return move(worker);
    }
#else
    (void)worker;
#endif
  }

 private:
#if defined(__linux__)
  void move(int worker);

  cpu_set_t allowed_;
  std::unique_ptr<std::atomic<int>[]> place_;
  std::unique_ptr<std::chrono::steady_clock::time_point[]> lastMove_;
#endif
  int workers_ = 0;
  bool crowded_ = false;
};

}  // namespace blasnet
