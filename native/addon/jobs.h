// Running programs for JavaScript: many steps on own threads, or one small input at once.
#pragma once

#include <napi.h>

#include <atomic>

#include "addon/compiled_program.h"
#include "addon/handles.h"
#include "engine/runner.h"

namespace blasnet {

struct StopFlag {
  std::atomic<bool> raised{false};
};

template <>
struct HandleType<Data> {
  static constexpr std::uint64_t kind = 1;
  static constexpr const char* name = "a data handle";
};
template <>
struct HandleType<Store> {
  static constexpr std::uint64_t kind = 2;
  static constexpr const char* name = "a parameter store";
};
template <>
struct HandleType<CompiledProgram> {
  static constexpr std::uint64_t kind = 3;
  static constexpr const char* name = "a compiled program";
};
template <>
struct HandleType<StopFlag> {
  static constexpr std::uint64_t kind = 4;
  static constexpr const char* name = "a stop flag";
};

// run(program, store, data, stop, order, firstSample, count, scalars, seed, firstStep, threads) → promise
Napi::Value run(const Napi::CallbackInfo& info);

// runSync(program, store, input, rows, output): predicts on the calling thread
Napi::Value runSync(const Napi::CallbackInfo& info);

}  // namespace blasnet
