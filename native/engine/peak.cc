#include "engine/peak.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/faults.h"
#include "engine/lifecycle.h"
#include "engine/memory.h"
#include "kernels/contract.h"

namespace blasnet {

namespace baseline {
double multiplyAdds(std::int64_t repetitions);
}
#if defined(BLASNET_X86)
namespace avx2 {
double multiplyAdds(std::int64_t repetitions);
}
namespace avx512 {
double multiplyAdds(std::int64_t repetitions);
}
#endif

namespace {

double multiplyAdds(std::int64_t repetitions) {
#if defined(BLASNET_X86)
  if (bestSimdLevel() == SimdLevel::avx512) return avx512::multiplyAdds(repetitions);
  if (bestSimdLevel() == SimdLevel::avx2) return avx2::multiplyAdds(repetitions);
#endif
  return baseline::multiplyAdds(repetitions);
}

// Runs `work` again and again on each thread until the time is over; returns the sum of its results per second.
template <typename Work>
double ratePerSecond(double seconds, int threads, Work work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> rates(static_cast<std::size_t>(threads));
  const auto measure = [&](int thread) {
    const auto start = Clock::now();
    double done = 0;
    double elapsed = 0;
    do {
      const WorkGate inside;
      done += work(thread);
      elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    } while (elapsed < seconds);
    rates[static_cast<std::size_t>(thread)] = done / elapsed;
  };
  std::vector<std::thread> helpers;
  try {
    helpers.reserve(static_cast<std::size_t>(threads));
    for (int thread = 1; thread < threads; thread++) {
      meetFault(FaultSite::thread);
      helpers.emplace_back(measure, thread);
    }
  } catch (...) {
    // The system has no more threads: those that run are measured.
  }
  measure(0);
  for (auto& helper : helpers) helper.join();
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return sum;
}

}  // namespace

double peakGflops(double seconds, int threads) {
  return ratePerSecond(seconds, threads, [](int) { return multiplyAdds(100000); }) / 1e9;
}

double copyBandwidth(double seconds, int threads) {
  constexpr std::size_t kElements = std::size_t{8} << 20;
  std::vector<AlignedArray<float>> from;
  std::vector<AlignedArray<float>> to;
  for (int thread = 0; thread < threads; thread++) {
    from.emplace_back(kElements);
    to.emplace_back(kElements);
  }
  return ratePerSecond(seconds, threads,
                       [&](int thread) {
                         const float* source = from[static_cast<std::size_t>(thread)].data();
                         float* target = to[static_cast<std::size_t>(thread)].data();
                         for (std::size_t i = 0; i < kElements; i++) target[i] = source[i] * 1.5F;
                         return static_cast<double>(2 * kElements * sizeof(float));
                       }) /
         1e9;
}

}  // namespace blasnet
