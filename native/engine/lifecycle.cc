#include "engine/lifecycle.h"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <thread>

#if defined(_WIN32)
#include <windows.h>
#else
#include <pthread.h>
#endif
#if defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace blasnet {
namespace {

// Plain atomics, never destroyed: they must work in handlers and in threads that outlive static destructors.
std::atomic<int> inside{0};
std::atomic<int> closers{0};
std::atomic<int> mostInside{std::numeric_limits<int>::max()};
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

// Threads and handlers may outlive the worker thread that loaded the addon, and with it Node.js's reason to keep the file
// mapped. On Linux the linker's `nodelete` does this.
void keepLoaded() {
#if defined(_WIN32)
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&keepLoaded), &module);
#elif defined(__APPLE__)
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&keepLoaded), &info) != 0) dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

}  // namespace

void WorkGate::enter() {
  while (true) {
    const int before = inside.fetch_add(1);
    if (closers.load() == 0 && before < mostInside.load(std::memory_order_relaxed)) return;
    inside.fetch_sub(1);
    do std::this_thread::yield();
    while (closers.load() > 0);
  }
}

void WorkGate::leave() { inside.fetch_sub(1); }

void WorkGate::limitTo(int threads) { mostInside = threads; }

bool processIsExiting() { return exiting.load(std::memory_order_relaxed); }

void installLifecycleHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    keepLoaded();
#if !defined(_WIN32)
    // Prepare handlers run last registered first: ours closes the gate before the BLAS library's own handler runs.
    pthread_atfork(closeGate, openGate, resetGateInChild);
#endif
    std::atexit(closeForExit);
  });
}

}  // namespace blasnet
