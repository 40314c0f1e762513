// JavaScript objects that own native ones. Each is tagged, so that no argument can be taken for what it is not.
#pragma once

#include <napi.h>

#include <memory>

#include "engine/program.h"

namespace blasnet {

template <typename T>
struct HandleType;  // { static constexpr napi_type_tag tag; static constexpr const char* name; }

template <typename T>
class Handle {
 public:
  // `bytes` of native memory hang on the object: JavaScript's collector must know, or it will not hurry.
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<T> value, std::size_t bytes) {
    auto object = Napi::Object::New(env);
    auto* handle = new Handle{std::move(value), static_cast<std::int64_t>(bytes)};
    napi_status status = napi_wrap(
        env, object, handle,
        [](napi_env finalizeEnv, void* data, void*) {
          auto* owned = static_cast<Handle*>(data);
          owned->release(finalizeEnv);
          delete owned;
        },
        nullptr, nullptr);
    if (status != napi_ok) {
      delete handle;
      throw std::runtime_error("JavaScript refused a native handle");
    }
    napi_type_tag_object(env, object, &HandleType<T>::tag);
    std::int64_t total = 0;
    napi_adjust_external_memory(env, handle->bytes_, &total);
    return object;
  }

  static std::shared_ptr<T> unwrap(const Napi::Value& value) {
    Handle* handle = find(value);
    if (handle == nullptr) throw InvalidInput(std::string("Expected ") + HandleType<T>::name);
    if (handle->value_ == nullptr) throw InvalidInput(std::string(HandleType<T>::name) + " was disposed");
    return handle->value_;
  }

  // Frees the native object now, unless a running job still uses it. True when the value was such a handle.
  static bool dispose(const Napi::Value& value) {
    Handle* handle = find(value);
    if (handle == nullptr) return false;
    handle->release(value.Env());
    return true;
  }

 private:
  Handle(std::shared_ptr<T> value, std::int64_t bytes) : value_(std::move(value)), bytes_(bytes) {}

  static Handle* find(const Napi::Value& value) {
    if (!value.IsObject()) return nullptr;
    bool tagged = false;
    napi_check_object_type_tag(value.Env(), value, &HandleType<T>::tag, &tagged);
    void* data = nullptr;
    if (!tagged || napi_unwrap(value.Env(), value, &data) != napi_ok) return nullptr;
    return static_cast<Handle*>(data);
  }

  void release(napi_env env) {
    if (value_ == nullptr) return;
    value_.reset();
    std::int64_t total = 0;
    napi_adjust_external_memory(env, -bytes_, &total);
  }

  std::shared_ptr<T> value_;
  std::int64_t bytes_;
};

}  // namespace blasnet
