// The items of a stage, dealt out to the workers.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace blasnet {

// Each worker has items of its own, the same in every step, so that what it wrote a step ago is still in its own caches and
// not in another core's. Who is done with its own takes from the end of another's: items come with the large ones first, so
// that is a small one.
class Shares {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  explicit Shares(int workers)
      : workers_(static_cast<std::size_t>(workers)), shares_(std::make_unique<Share[]>(workers_)) {}

  // Called while no worker takes.
  void deal(std::size_t items) {
    for (std::size_t worker = 0; worker < workers_; worker++) {
      const std::uint64_t count = (items + workers_ - 1 - worker) / workers_;
      shares_[worker].rest.store(count << 32, std::memory_order_relaxed);
    }
  }

  // The item that this worker does next, or kNone.
  std::size_t take(std::size_t worker) {
    for (std::size_t i = 0; i < workers_; i++) {
      const std::size_t owner = (worker + i) % workers_;
      const std::size_t place = takeFrom(shares_[owner].rest, i == 0);
      if (place != kNone) return place * workers_ + owner;
    }
    return kNone;
  }

 private:
  // Places in a worker's own row of items: the first that is left in the low half, the one behind the last in the high half.
  struct alignas(64) Share {
    std::atomic<std::uint64_t> rest{0};
  };

  static std::size_t takeFrom(std::atomic<std::uint64_t>& share, bool own) {
    std::uint64_t rest = share.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t first = rest & 0xffffffffU;
      const std::uint64_t end = rest >> 32;
      if (first >= end) return kNone;
      const std::uint64_t left = own ? (first + 1) | end << 32 : first | (end - 1) << 32;
      if (share.compare_exchange_weak(rest, left, std::memory_order_relaxed)) return own ? first : end - 1;
    }
  }

  std::size_t workers_;
  std::unique_ptr<Share[]> shares_;
};

}  // namespace blasnet
