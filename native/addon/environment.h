// One per JavaScript environment (the main thread and every worker thread have their own): the jobs under way and the
// way back to JavaScript. There are no other globals.
#pragma once

#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace blasnet {

// A promise of JavaScript and what settles it. `settle` runs on the JavaScript thread.
struct Completion {
  napi_deferred deferred;
  std::function<void(napi_env, napi_deferred)> settle;
};

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Called once while the addon loads in an environment. Null when Node-API refuses.
  static std::shared_ptr<Environment> create(napi_env env);
  static std::shared_ptr<Environment> of(napi_env env);

  // Raised when the environment is torn down; every job of it must end at its next step.
  const std::atomic<bool>* stopFlag() const { return &stopping_; }

  // Called on the JavaScript thread before a job's thread starts; keeps the process alive until it is settled.
  void beginJob(napi_env env);
  // Called instead of finishJob when the thread could not be started.
  void abandonJob(napi_env env);
  // Called on the job's thread, as its last act. Dropped silently when JavaScript is gone.
  void finishJob(Completion completion);

 private:
  static void drain(napi_env env, napi_value callback, void* context, void* data);
  static void cleanUp(void* environment);

  napi_threadsafe_function wake_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;                   // threads that may still touch this environment; guarded by mutex_
  std::vector<Completion> finished_;  // guarded by mutex_
  int unsettled_ = 0;                 // JavaScript thread only
};

}  // namespace blasnet
