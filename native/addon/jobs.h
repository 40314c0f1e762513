// Running programs for JavaScript: many steps on own threads, or one small input at once.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "addon/handles.h"
#include "engine/runner.h"

namespace blasnet {

// A program and the run memories it has had, kept for the next run.
struct CompiledProgram {
  explicit CompiledProgram(Program decoded);

  std::unique_ptr<RunMemory> takeMemory(int threads);
  void giveBack(std::unique_ptr<RunMemory> memory) noexcept;

  const Program program;
  // More threads than a stage has pieces of work would only wait.
  const int usefulThreads;

 private:
  static constexpr std::size_t kKept = 2;

  std::mutex mutex_;
  std::vector<std::unique_ptr<RunMemory>> idle_;
};

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

// runKernel(level, kernel, operands, dimensions, attributes, first, count, rows, step, seed, scalars, totals?): one kernel
// on views of JavaScript's memory, for the contract suite and the self-test at load
Napi::Value runKernel(const Napi::CallbackInfo& info);

}  // namespace blasnet
