// What keeps native threads harmless when the process forks or exits in the middle of a fit. The whole story is told in
// docs/architecture.md, "Life cycle".
#pragma once

namespace blasnet {

// Held around each piece of native work, a few milliseconds at most. A fork and the exit of the process wait until nobody
// is inside and let nobody in: BLAS libraries hang or crash when they are caught in a product.
class WorkGate {
 public:
  WorkGate() { enter(); }
  ~WorkGate() { leave(); }
  WorkGate(const WorkGate&) = delete;
  WorkGate& operator=(const WorkGate&) = delete;

  // The most threads that may be inside at once; the others wait.
  static void limitTo(int threads);

 private:
  static void enter();
  static void leave();
};

// True once the process has begun to exit: every loop of steps ends at the next step.
bool processIsExiting();

// Registers the fork and exit handlers and keeps this library in memory, once per process.
void installLifecycleHandlers();

}  // namespace blasnet
