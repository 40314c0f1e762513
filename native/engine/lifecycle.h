// What keeps native threads harmless when the process forks or exits in the middle of a fit.
#pragma once

namespace blasnet {

// Held around each piece of native work. A fork and the exit of the process wait until nobody is inside and let nobody
// in: BLAS libraries hang or crash when they are caught in a product (see docs/architecture.md, "Life cycle").
class WorkGate {
 public:
  WorkGate() { enter(); }
  ~WorkGate() { leave(); }
  WorkGate(const WorkGate&) = delete;
  WorkGate& operator=(const WorkGate&) = delete;

 private:
  static void enter();
  static void leave();
};

// True once the process has begun to exit: every loop of steps ends at the next step.
bool processIsExiting();

// Registers the fork and exit handlers, once per process.
void installLifecycleHandlers();

}  // namespace blasnet
