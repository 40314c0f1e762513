#include "engine/lifecycle.h"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace blasnet {
namespace {

// Plain atomics, never destroyed: they must work in handlers and in threads that outlive static destructors.
std::atomic<int> inside{0};
std::atomic<int> closers{0};
std::atomic<bool> exiting{false};

void closeGate() {
  closers.fetch_add(1);
  while (inside.load() > 0) std::this_thread::yield();
}

void openGate() { closers.fetch_sub(1); }

// In the child only the forking thread lives on, and it was outside the gate.
void resetGateInChild() {
  inside = 0;
  closers = 0;
}

void closeForExit() {
  exiting = true;
  closeGate();
}

}  // namespace

void WorkGate::enter() {
  while (true) {
    inside.fetch_add(1);
    if (closers.load() == 0) return;
    inside.fetch_sub(1);
    while (closers.load() > 0) std::this_thread::yield();
  }
}

void WorkGate::leave() { inside.fetch_sub(1); }

bool processIsExiting() { return exiting.load(std::memory_order_relaxed); }

void installLifecycleHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
#if !defined(_WIN32)
    // Prepare handlers run last registered first: ours closes the gate before the BLAS library's own handler runs.
    pthread_atfork(closeGate, openGate, resetGateInChild);
#endif
    std::atexit(closeForExit);
  });
}

}  // namespace blasnet
