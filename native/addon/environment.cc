#include "addon/environment.h"

#include "engine/lifecycle.h"

namespace blasnet {

std::shared_ptr<Environment> Environment::create(napi_env env) {
  auto environment = std::make_shared<Environment>();
  napi_value name;
  if (napi_create_string_utf8(env, "blasnet", NAPI_AUTO_LENGTH, &name) != napi_ok) return nullptr;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, environment.get(), drain,
                                      &environment->wake_) != napi_ok) {
    return nullptr;
  }
  napi_unref_threadsafe_function(env, environment->wake_);
  // Hooks run last registered first. This one comes after the thread-safe function's own, so that jobs are waited for
  // while their way back still stands.
  auto* kept = new std::shared_ptr<Environment>(environment);
  napi_set_instance_data(
      env, kept, [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Environment>*>(data); }, nullptr);
  napi_add_env_cleanup_hook(env, cleanUp, environment.get());
  return environment;
}

std::shared_ptr<Environment> Environment::of(napi_env env) {
  void* data = nullptr;
  if (napi_get_instance_data(env, &data) != napi_ok || data == nullptr) return nullptr;
  return *static_cast<std::shared_ptr<Environment>*>(data);
}

void Environment::beginJob(napi_env env) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_++;
  }
  if (unsettled_++ == 0) napi_ref_threadsafe_function(env, wake_);
}

void Environment::abandonJob(napi_env env) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_--;
  }
  if (--unsettled_ == 0) napi_unref_threadsafe_function(env, wake_);
}

void Environment::finishJob(Completion completion) {
  std::unique_lock<std::mutex> lock(mutex_);
  finished_.push_back(std::move(completion));
  const bool reachable = !stopping_ && !processIsExiting();
  lock.unlock();
  // The queue has no limit, so this never blocks.
  if (reachable) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  lock.lock();
  running_--;
  idle_.notify_all();
}

void Environment::drain(napi_env env, napi_value, void* context, void*) {
  auto* environment = static_cast<Environment*>(context);
  if (env == nullptr || environment->stopping_) return;
  std::vector<Completion> finished;
  {
    const std::lock_guard<std::mutex> lock(environment->mutex_);
    finished.swap(environment->finished_);
  }
  for (auto& completion : finished) {
    if (--environment->unsettled_ == 0) napi_unref_threadsafe_function(env, environment->wake_);
    completion.settle(env, completion.deferred);
  }
}

void Environment::cleanUp(void* data) {
  auto* environment = static_cast<Environment*>(data);
  environment->stopping_ = true;
  std::unique_lock<std::mutex> lock(environment->mutex_);
  environment->idle_.wait(lock, [environment] { return environment->running_ == 0; });
  environment->finished_.clear();
}

}  // namespace blasnet
