// JavaScript objects that own native ones. Each is tagged, so that no argument can be taken for what it is not.
#pragma once

#include <napi.h>

#include <memory>

#include "engine/program.h"

namespace blasnet {

template <typename T>
struct HandleType;  // { static constexpr std::uint64_t kind; static constexpr const char* name; }

// Different in every copy of this library that the process has loaded: another version's handles are not ours.
inline std::uint64_t libraryTag() {
  static const char anchor = 0;
  return reinterpret_cast<std::uintptr_t>(&anchor);
}

template <typename T>
class Handle {
 public:
  // `bytes` of native memory hang on the object: JavaScript's collector must know, or it will not hurry.
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<T> value, std::size_t bytes) {
    auto object = Napi::Object::New(env);
    std::unique_ptr<Handle> handle(new Handle(std::move(value)));
    const auto finalize = [](napi_env finalizeEnv, void* data, void*) {
      const std::unique_ptr<Handle> owned(static_cast<Handle*>(data));
      owned->release(finalizeEnv);
    };
    if (napi_wrap(env, object, handle.get(), finalize, nullptr, nullptr) != napi_ok) {
      throw std::runtime_error("JavaScript refused a native handle");
    }
    Handle* const wrapped = handle.release();
    const napi_type_tag tag = typeTag();
    if (napi_type_tag_object(env, object, &tag) != napi_ok) throw std::runtime_error("JavaScript refused a native tag");
    wrapped->account(env, bytes);
    return object;
  }

  static std::shared_ptr<T> unwrap(const Napi::Value& value) {
    Handle* handle = find(value);
    if (handle == nullptr) throw InvalidInput(std::string("Expected ") + HandleType<T>::name);
    if (handle->value_ == nullptr) throw InvalidInput(std::string(HandleType<T>::name) + " was disposed");
    return handle->value_;
  }

  // More memory hangs on the object than was known when it was made.
  static void growTo(const Napi::Value& value, std::size_t bytes) {
    Handle* handle = find(value);
    if (handle != nullptr && static_cast<std::int64_t>(bytes) > handle->bytes_) handle->account(value.Env(), bytes);
  }

  // Frees the native object now, unless a running job still uses it. True when the value was such a handle.
  static bool dispose(const Napi::Value& value) {
    Handle* handle = find(value);
    if (handle == nullptr) return false;
    handle->release(value.Env());
    return true;
  }

 private:
  explicit Handle(std::shared_ptr<T> value) : value_(std::move(value)) {}

  static napi_type_tag typeTag() { return {libraryTag(), HandleType<T>::kind}; }

  static Handle* find(const Napi::Value& value) {
    if (!value.IsObject()) return nullptr;
    bool tagged = false;
    const napi_type_tag tag = typeTag();
    if (napi_check_object_type_tag(value.Env(), value, &tag, &tagged) != napi_ok || !tagged) return nullptr;
    void* data = nullptr;
    if (napi_unwrap(value.Env(), value, &data) != napi_ok) return nullptr;
    return static_cast<Handle*>(data);
  }

  // Tells the collector the difference to what it knows.
  void account(napi_env env, std::size_t bytes) {
    const std::int64_t change = static_cast<std::int64_t>(bytes) - bytes_;
    bytes_ += change;
    std::int64_t total = 0;
    if (change != 0) napi_adjust_external_memory(env, change, &total);
  }

  void release(napi_env env) {
    value_.reset();
    account(env, 0);
  }

  std::shared_ptr<T> value_;
  std::int64_t bytes_ = 0;
};

}  // namespace blasnet
