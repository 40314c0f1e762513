// One per JavaScript environment (the main thread and every worker thread have their own): the tasks under way and the
// way back to JavaScript. There are no other globals.
#pragma once

#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace blasnet {

class Environment;

// Work off the JavaScript thread with a promise to settle.
class Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  // Runs on the JavaScript thread. Whatever Node-API refuses is let go: the environment may be on its way out.
  virtual void settle(napi_env env, const Environment& environment) noexcept = 0;

 private:
  friend class Environment;
  std::shared_ptr<Task> next_;  // in the list of finished ones: finishing takes no memory
};

class Environment {
 public:
  // Called once while the addon loads in an environment. Null when Node-API refuses.
  static std::shared_ptr<Environment> create(napi_env env);
  static std::shared_ptr<Environment> of(napi_env env);

  // Raised when the environment is torn down; every task of it must end at its next step.
  const std::atomic<bool>* stopFlag() const { return &stopping_; }

  // A new Float32Array or Float64Array with the place of its elements; null when JavaScript has no memory for it.
  // (napi_create_arraybuffer would end the process.)
  napi_value createArray(napi_env env, napi_typedarray_type type, std::size_t length, void** data) const;

  // Called on the JavaScript thread before a task's thread starts; keeps the process alive until the task is settled.
  void begin(napi_env env);
  // Called instead of `finish` when the thread could not be started.
  void abandon(napi_env env);
  // Called on the task's thread, as its last act. Dropped silently when JavaScript is gone.
  void finish(std::shared_ptr<Task> task) noexcept;

 private:
  bool holdConstructors(napi_env env);
  bool open(napi_env env);
  static void drain(napi_env env, napi_value callback, void* context, void* data);
  static void cleanUp(void* environment);

  napi_threadsafe_function wake_ = nullptr;
  napi_ref float32Array_ = nullptr;
  napi_ref float64Array_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;                 // threads that may still touch this environment; guarded by mutex_
  std::shared_ptr<Task> finished_;  // a list, first finished first; guarded by mutex_
  Task* lastFinished_ = nullptr;    // guarded by mutex_
  int unsettled_ = 0;               // JavaScript thread only
};

}  // namespace blasnet
