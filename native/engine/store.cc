#include "engine/store.h"

#include <cstring>

namespace blasnet {

Store::Store(std::size_t parameters, std::size_t slots) : live_(parameters) {
  slots_.reserve(slots);
  for (std::size_t i = 0; i < slots; i++) slots_.emplace_back(parameters);
}

std::size_t Store::bytes() const {
  // The parameters, their snapshot and the slots.
  return live_.bytes() * (2 + slots_.size());
}

void Store::allocateGradients() {
  if (gradients_.size() == 0) gradients_ = AlignedArray<float>(live_.size());
}

std::shared_ptr<const AlignedArray<float>> Store::snapshot() {
  if (!fresh_ && !isTraining()) publish();
  const std::lock_guard<std::mutex> lock(mutex_);
  return snapshot_;
}

void Store::publish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  // Two copies take turns; a third is made only while a reader holds on to an old one.
  std::shared_ptr<AlignedArray<float>> next = std::move(spare_);
  if (next == nullptr || next.use_count() > 1) next = std::make_shared<AlignedArray<float>>(live_.size());
  if (live_.size() > 0) std::memcpy(next->data(), live_.data(), live_.bytes());
  spare_ = std::move(snapshot_);
  snapshot_ = std::move(next);
  fresh_ = true;
}

}  // namespace blasnet
