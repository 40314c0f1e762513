// Conversions from JavaScript, written once. Every one checks, whatever TypeScript has checked before.
#pragma once

#include <napi.h>

#include <cmath>
#include <string>

#include "engine/program.h"

namespace blasnet {

constexpr double kMaxSafeInteger = 9007199254740991.0;

inline std::int64_t toInteger(const Napi::Value& value, const char* name, double least = 0,
                              double most = kMaxSafeInteger) {
  if (!value.IsNumber()) throw InvalidInput(std::string("Expected a whole number for ") + name);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= least && number <= most) || number != std::floor(number)) {
    throw InvalidInput(std::string("Expected a whole number in range for ") + name);
  }
  return static_cast<std::int64_t>(number);
}

inline double toNumber(const Napi::Value& value, const char* name, double least, double most) {
  if (!value.IsNumber()) throw InvalidInput(std::string("Expected a number for ") + name);
  const double number = value.As<Napi::Number>().DoubleValue();
  // Written so that NaN is refused.
  if (!(number >= least && number <= most)) throw InvalidInput(std::string("Expected a number in range for ") + name);
  return number;
}

// A view of a typed array's elements, valid during the call only. Honours the view's byteOffset.
template <typename T>
struct View {
  T* data;
  std::size_t size;
};

template <typename T>
View<T> toView(const Napi::Value& value, napi_typedarray_type type, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw InvalidInput(std::string("Expected a typed array of the right type for ") + name);
  }
  // Asked of Node-API itself: the JavaScript properties of the array may have been replaced.
  napi_typedarray_type found;
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &found, &length, &data, nullptr, nullptr) != napi_ok) {
    throw InvalidInput(std::string("Cannot read the typed array for ") + name);
  }
  if (data == nullptr) length = 0;  // empty and detached arrays look alike
  return View<T>{static_cast<T*>(data), length};
}

inline View<float> toFloats(const Napi::Value& value, const char* name) {
  return toView<float>(value, napi_float32_array, name);
}

inline View<double> toDoubles(const Napi::Value& value, const char* name) {
  return toView<double>(value, napi_float64_array, name);
}

}  // namespace blasnet
