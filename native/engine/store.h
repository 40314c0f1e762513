// The arenas of one network: parameters, gradients and optimizer slots, each one contiguous block.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/memory.h"

namespace blasnet {

class Store {
 public:
  Store(std::size_t parameters, std::size_t slots);

  std::size_t size() const { return live_.size(); }
  std::size_t bytes() const;

  float* live() { return live_.data(); }
  // Gradients have an arena only where somebody reads them after their block is done. Call once before threads use it.
  void allocateGradients();
  float* gradients() { return gradients_.data(); }
  float* slot(std::size_t index) { return slots_[index].data(); }
  std::size_t slots() const { return slots_.size(); }

  // One training run at a time: it alone may touch the live arenas.
  bool beginTraining() { return !training_.exchange(true); }
  void endTraining() { training_ = false; }
  bool isTraining() const { return training_; }

  // Parameters as they stood after the last completed run. Readers keep what they were given; a newer one replaces it.
  std::shared_ptr<const AlignedArray<float>> snapshot();
  void publish();
  // The live parameters were written from outside a run.
  void touched() { fresh_ = false; }

 private:
  AlignedArray<float> live_;
  AlignedArray<float> gradients_;
  std::vector<AlignedArray<float>> slots_;
  std::atomic<bool> training_{false};
  std::atomic<bool> fresh_{false};
  std::mutex mutex_;
  std::shared_ptr<AlignedArray<float>> snapshot_;
  std::shared_ptr<AlignedArray<float>> spare_;
};

}  // namespace blasnet
