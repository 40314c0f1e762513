#pragma once

#include <napi.h>

#include <memory>

#include "addon/environment.h"
#include "addon/failure.h"

namespace blasnet {

// Work on a thread of its own that settles a promise: with its outcome, or with what was thrown on the way.
class PromiseTask : public Task {
 public:
  // Starts the thread and returns the promise. Throws where neither is to be had by JavaScript.
  static Napi::Value start(napi_env env, const std::shared_ptr<PromiseTask>& task);

  void settle(napi_env env, const Environment& environment) noexcept final;

 protected:
  // On the thread. `stop` is raised when the environment is torn down.
  virtual void work(const std::atomic<bool>& stop) = 0;
  // After `work`, and instead of it where the system has no thread.
  virtual void release() noexcept {}
  // On the JavaScript thread: what the promise is resolved with.
  virtual napi_value outcome(napi_env env, const Environment& environment) = 0;

 private:
  void execute(const std::atomic<bool>& stop) noexcept;

  napi_deferred deferred_ = nullptr;
  Failure failure_;
};

}  // namespace blasnet
