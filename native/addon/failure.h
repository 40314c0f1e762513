// What went wrong, on its way from any thread to JavaScript. Nothing here throws: there is nobody left to catch it.
#pragma once

#include <node_api.h>

#include <new>
#include <string>
#include <system_error>

#include "engine/program.h"
#include "engine/shards.h"

namespace blasnet {

struct Failure {
  const char* code = nullptr;  // null while nothing has failed
  std::string message;

  explicit operator bool() const { return code != nullptr; }
};

inline Failure failureOf(const char* code, const char* message) noexcept {
  Failure failure;
  failure.code = code;
  try {
    failure.message = message;
  } catch (...) {
    failure.message.clear();  // not even memory for the words
  }
  return failure;
}

// For use in a catch block.
inline Failure currentFailure() noexcept {
  try {
    throw;
  } catch (const InvalidInput& error) {
    return failureOf("ERR_ENGINE_INPUT", error.what());
  } catch (const BadShard& error) {
    return failureOf("ERR_ENGINE_SHARD", error.what());
  } catch (const std::bad_alloc&) {
    return failureOf("ERR_ENGINE_MEMORY", "The native engine could not get the memory it needs");
  } catch (const std::length_error&) {
    return failureOf("ERR_ENGINE_MEMORY", "The native engine was asked for more memory than there can be");
  } catch (const std::system_error&) {
    return failureOf("ERR_ENGINE_THREADS", "The system refused the native engine a thread");
  } catch (const std::exception& error) {
    return failureOf("ERR_ENGINE_NATIVE", error.what());
  } catch (...) {
    return failureOf("ERR_ENGINE_NATIVE", "The native engine failed");
  }
}

// A JavaScript Error with a code; null where the environment refuses even that.
inline napi_value createError(napi_env env, const Failure& failure) noexcept {
  const std::string& said = failure.message;
  napi_value code = nullptr;
  napi_value message = nullptr;
  napi_value error = nullptr;
  if (napi_create_string_utf8(env, failure.code, NAPI_AUTO_LENGTH, &code) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, said.c_str(), said.size(), &message) != napi_ok) return nullptr;
  return napi_create_error(env, code, message, &error) == napi_ok ? error : nullptr;
}

}  // namespace blasnet
