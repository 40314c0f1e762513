// A barrier for threads that meet thousands of times a second.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace blasnet {

inline void relax() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Barrier {
 public:
  // `spin`: whether each thread has a processor of its own. Where it has not, the one that is waited for needs this one.
  Barrier(int threads, bool spin) : expected_(threads), spins_(spin ? 2000 : 0) {}

  // For threads that could not be started. Called by a thread that has yet to arrive itself, so that nobody can have
  // passed meanwhile.
  void expectFewer(int missing) { expected_.fetch_sub(missing, std::memory_order_relaxed); }

  // The last to arrive runs `serial` while the others wait; all leave after it.
  template <typename Serial>
  void arrive(Serial serial) {
    const std::uint32_t phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == expected_.load(std::memory_order_relaxed) - 1) {
      arrived_.store(0, std::memory_order_relaxed);
      serial();
      phase_.fetch_add(1, std::memory_order_release);
      phase_.notify_all();
      return;
    }
    wait(phase);
  }

 private:
  // Spin for the few microseconds that balanced threads differ by, then give the processor away: another program may need it.
  void wait(std::uint32_t phase) const {
    for (int spin = 0; spin < spins_; spin++) {
      if (phase_.load(std::memory_order_acquire) != phase) return;
      relax();
    }
    for (int turn = 0; turn < 50; turn++) {
      if (phase_.load(std::memory_order_acquire) != phase) return;
      std::this_thread::yield();
    }
    while (phase_.load(std::memory_order_acquire) == phase) phase_.wait(phase, std::memory_order_acquire);
  }

  std::atomic<int> expected_;
  const int spins_;
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> phase_{0};
};

}  // namespace blasnet
