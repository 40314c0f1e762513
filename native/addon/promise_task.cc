#include "addon/promise_task.h"

#include <thread>

#include "engine/faults.h"

namespace blasnet {

Napi::Value PromiseTask::start(napi_env env, const std::shared_ptr<PromiseTask>& task) {
  const auto environment = Environment::of(env);
  if (environment == nullptr || *environment->stopFlag()) throw std::runtime_error("The environment is going away");
  napi_value promise = nullptr;
  if (napi_create_promise(env, &task->deferred_, &promise) != napi_ok) {
    throw std::runtime_error("JavaScript refused a promise");
  }
  environment->begin(env);
  try {
    meetFault(FaultSite::thread);
    std::thread([task, environment] {
      task->execute(*environment->stopFlag());
      environment->finish(task);
    }).detach();
  } catch (...) {
    // No thread to be had: the promise says so.
    environment->abandon(env);
    task->failure_ = failureOf("ERR_ENGINE_THREADS", "The system refused the native engine a thread");
    task->release();
    task->settle(env, *environment);
  }
  return Napi::Value(env, promise);
}

void PromiseTask::execute(const std::atomic<bool>& stop) noexcept {
  try {
    meetFault(FaultSite::job);
    work(stop);
  } catch (...) {
    failure_ = currentFailure();
  }
  release();
}

void PromiseTask::settle(napi_env env, const Environment& environment) noexcept {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value value = nullptr;
  if (!failure_) {
    try {
      meetFault(FaultSite::completion);
      value = outcome(env, environment);
    } catch (...) {
      failure_ = currentFailure();
    }
  }
  if (!failure_) {
    napi_resolve_deferred(env, deferred_, value);
  } else {
    value = createError(env, failure_);
    if (value != nullptr) napi_reject_deferred(env, deferred_, value);
  }
  napi_close_handle_scope(env, scope);
}

}  // namespace blasnet
