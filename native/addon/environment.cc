#include "addon/environment.h"

#include "engine/lifecycle.h"

namespace blasnet {

std::shared_ptr<Environment> Environment::create(napi_env env) {
  auto environment = std::make_shared<Environment>();
  if (!environment->holdConstructors(env)) return nullptr;
  auto kept = std::make_unique<std::shared_ptr<Environment>>(environment);
  const auto forget = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Environment>*>(data); };
  if (napi_set_instance_data(env, kept.get(), forget, nullptr) != napi_ok) return nullptr;
  static_cast<void>(kept.release());  // Node-API has it now
  return environment->open(env) ? environment : nullptr;
}

bool Environment::holdConstructors(napi_env env) {
  napi_value global = nullptr;
  if (napi_get_global(env, &global) != napi_ok) return false;
  const auto hold = [&](const char* name, napi_ref* reference) {
    napi_value constructor = nullptr;
    return napi_get_named_property(env, global, name, &constructor) == napi_ok &&
           napi_create_reference(env, constructor, 1, reference) == napi_ok;
  };
  return hold("Float32Array", &float32Array_) && hold("Float64Array", &float64Array_);
}

bool Environment::open(napi_env env) {
  napi_value name = nullptr;
  if (napi_create_string_utf8(env, "blasnet", NAPI_AUTO_LENGTH, &name) != napi_ok) return false;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, drain, &wake_) !=
      napi_ok) {
    return false;
  }
  // Hooks run last registered first. This one comes after the thread-safe function's own, so that tasks are waited for
  // while their way back still stands.
  if (napi_add_env_cleanup_hook(env, cleanUp, this) != napi_ok) {
    napi_release_threadsafe_function(wake_, napi_tsfn_abort);
    return false;
  }
  napi_unref_threadsafe_function(env, wake_);
  return true;
}

std::shared_ptr<Environment> Environment::of(napi_env env) {
  void* data = nullptr;
  if (napi_get_instance_data(env, &data) != napi_ok || data == nullptr) return nullptr;
  return *static_cast<std::shared_ptr<Environment>*>(data);
}

napi_value Environment::createArray(napi_env env, napi_typedarray_type type, std::size_t length, void** data) const {
  napi_value constructor = nullptr;
  napi_value argument = nullptr;
  napi_value array = nullptr;
  const napi_ref reference = type == napi_float32_array ? float32Array_ : float64Array_;
  if (napi_get_reference_value(env, reference, &constructor) != napi_ok || constructor == nullptr) return nullptr;
  if (napi_create_double(env, static_cast<double>(length), &argument) != napi_ok) return nullptr;
  if (napi_new_instance(env, constructor, 1, &argument, &array) != napi_ok) {
    napi_value ignored = nullptr;
    napi_get_and_clear_last_exception(env, &ignored);
    return nullptr;
  }
  napi_typedarray_type found{};
  std::size_t size = 0;
  // The global may have been replaced before the addon was loaded.
  const bool usable = napi_get_typedarray_info(env, array, &found, &size, data, nullptr, nullptr) == napi_ok &&
                      found == type && size == length;
  return usable ? array : nullptr;
}

void Environment::begin(napi_env env) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_++;
  }
  if (unsettled_++ == 0) napi_ref_threadsafe_function(env, wake_);
}

void Environment::abandon(napi_env env) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_--;
  }
  if (--unsettled_ == 0) napi_unref_threadsafe_function(env, wake_);
}

void Environment::finish(std::shared_ptr<Task> task) noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  Task* const added = task.get();
  (lastFinished_ == nullptr ? finished_ : lastFinished_->next_) = std::move(task);
  lastFinished_ = added;
  const bool reachable = !stopping_ && !processIsExiting();
  lock.unlock();
  // While this thread counts as running, the environment cannot go. The queue has no limit, so this never blocks.
  if (reachable) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  lock.lock();
  running_--;
  idle_.notify_all();
}

void Environment::drain(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the environment is gone, and with it perhaps what `context` points to
  auto* environment = static_cast<Environment*>(context);
  if (environment->stopping_) return;
  std::shared_ptr<Task> task;
  {
    const std::lock_guard<std::mutex> lock(environment->mutex_);
    task = std::move(environment->finished_);
    environment->lastFinished_ = nullptr;
  }
  while (task != nullptr) {
    if (--environment->unsettled_ == 0) napi_unref_threadsafe_function(env, environment->wake_);
    task->settle(env, *environment);
    task = std::move(task->next_);
  }
}

void Environment::cleanUp(void* data) {
  auto* environment = static_cast<Environment*>(data);
  environment->stopping_ = true;
  std::unique_lock<std::mutex> lock(environment->mutex_);
  environment->idle_.wait(lock, [environment] { return environment->running_ == 0; });
  environment->lastFinished_ = nullptr;
  // One by one: a long list must not be freed by recursion.
  auto task = std::move(environment->finished_);
  while (task != nullptr) task = std::move(task->next_);
}

}  // namespace blasnet
