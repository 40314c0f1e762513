#include "engine/store.h"

#include <cstring>

namespace blasnet {

Store::Store(std::size_t parameters, std::size_t slots) : live_(parameters) {
  slots_.reserve(slots);
  for (std::size_t i = 0; i < slots; i++) slots_.emplace_back(parameters);
}

void Store::allocateGradients() {
  if (gradients_.size() == 0) gradients_ = AlignedArray<float>(live_.size());
}

void Store::keep() {
  if (kept_.empty()) {
    std::vector<AlignedArray<float>> arrays;
    arrays.reserve(1 + slots_.size());
    arrays.emplace_back(live_.data(), live_.size());
    for (const auto& slot : slots_) arrays.emplace_back(slot.data(), slot.size());
    kept_ = std::move(arrays);
    return;
  }
  if (live_.size() == 0) return;
  std::memcpy(kept_[0].data(), live_.data(), live_.bytes());
  for (std::size_t i = 0; i < slots_.size(); i++) std::memcpy(kept_[i + 1].data(), slots_[i].data(), slots_[i].bytes());
}

void Store::restore() {
  if (kept_.empty() || live_.size() == 0) return;
  std::memcpy(live_.data(), kept_[0].data(), live_.bytes());
  for (std::size_t i = 0; i < slots_.size(); i++) std::memcpy(slots_[i].data(), kept_[i + 1].data(), slots_[i].bytes());
}

std::shared_ptr<const AlignedArray<float>> Store::snapshot() {
  if (!fresh_ && !isTraining()) publish();
  const std::lock_guard<std::mutex> lock(mutex_);
  // The pointer keeps the copy alive and, by its deleter, from being written while it is read.
  const std::shared_ptr<Copy> copy = snapshot_;
  copy->readers.fetch_add(1, std::memory_order_relaxed);
  return {&copy->values, [copy](const auto*) { copy->readers.fetch_sub(1, std::memory_order_release); }};
}

void Store::publish() {
  std::shared_ptr<Copy> next;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    next = std::move(spare_);
  }
  // Two copies take turns; a third is made only while a reader holds on to an old one.
  if (next == nullptr || next->readers.load(std::memory_order_acquire) > 0) next = std::make_shared<Copy>(live_.size());
  if (live_.size() > 0) std::memcpy(next->values.data(), live_.data(), live_.bytes());
  const std::lock_guard<std::mutex> lock(mutex_);
  spare_ = std::move(snapshot_);
  snapshot_ = std::move(next);
  fresh_ = true;
}

}  // namespace blasnet
