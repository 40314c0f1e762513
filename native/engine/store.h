// The arenas of one network: parameters, gradients and optimizer slots, each one contiguous block.
//
// One training run at a time owns the live arenas. Everybody else reads a snapshot: a copy of the parameters as they stood
// after the last completed run, which nobody writes. Snapshots are asked for on the JavaScript thread, where no run can
// begin meanwhile; they are made there or at the end of a run, so there is one maker at a time.
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
  // The most that the store holds: live parameters, two copies of them, gradients, slots, and what `keep` keeps.
  std::size_t bytes() const { return live_.bytes() * (5 + 2 * slots_.size()); }

  // For the owner of the live arenas only.
  float* live() { return live_.data(); }
  float* slot(std::size_t index) { return slots_[index].data(); }
  // Gradients have an arena only where somebody reads them after their block is done; null until `allocateGradients`,
  // which is called before threads use it.
  float* gradients() { return gradients_.data(); }
  void allocateGradients();

  // For the owner of the live arenas: copies parameters and slots, and puts the copy in their place again.
  void keep();
  bool hasKept() const { return !kept_.empty(); }
  void restore();
  void dropKept() { kept_.clear(); }

  std::size_t slots() const { return slots_.size(); }
  bool isTraining() const { return training_; }

  std::shared_ptr<const AlignedArray<float>> snapshot();
  // Copies the live parameters for readers to come. For the owner of the live arenas, or while there is none.
  void publish();
  // The live parameters are no longer those of the snapshot.
  void touched() { fresh_ = false; }

 private:
  friend class LiveArenas;

  struct Copy {
    explicit Copy(std::size_t size) : values(size) {}
    AlignedArray<float> values;
    std::atomic<int> readers{0};
  };

  AlignedArray<float> live_;
  AlignedArray<float> gradients_;
  std::vector<AlignedArray<float>> slots_;
  std::vector<AlignedArray<float>> kept_;  // parameters, then slots; empty while nothing is kept
  std::atomic<bool> training_{false};
  std::atomic<bool> fresh_{false};
  std::mutex mutex_;  // guards the two pointers, not what they point to
  std::shared_ptr<Copy> snapshot_;
  std::shared_ptr<Copy> spare_;
};

// Ownership of a store's live arenas for as long as it lives; empty when a training run has them.
class LiveArenas {
 public:
  LiveArenas() = default;
  explicit LiveArenas(std::shared_ptr<Store> store) {
    if (!store->training_.exchange(true)) store_ = std::move(store);
  }
  LiveArenas(LiveArenas&& other) noexcept : store_(std::move(other.store_)) {}
  LiveArenas& operator=(LiveArenas&& other) noexcept {
    std::swap(store_, other.store_);
    return *this;
  }
  LiveArenas(const LiveArenas&) = delete;
  LiveArenas& operator=(const LiveArenas&) = delete;
  ~LiveArenas() { release(); }

  explicit operator bool() const { return store_ != nullptr; }
  void release() {
    if (store_ != nullptr) store_->training_ = false;
    store_ = nullptr;
  }

 private:
  std::shared_ptr<Store> store_;
};

}  // namespace blasnet
