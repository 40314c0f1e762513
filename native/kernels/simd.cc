// Which SIMD level this processor has, and the kernels compiled for it.
#include "kernels/contract.h"

namespace blasnet {

namespace baseline {
extern const Kernel kTable[];
Kernel fusedKernel(const char* chain, std::int64_t batchSize);
}  // namespace baseline
#if defined(BLASNET_X86)
namespace avx2 {
extern const Kernel kTable[];
Kernel fusedKernel(const char* chain, std::int64_t batchSize);
}  // namespace avx2
namespace avx512 {
extern const Kernel kTable[];
Kernel fusedKernel(const char* chain, std::int64_t batchSize);
}  // namespace avx512
#endif

const char* simdName(SimdLevel level) {
  switch (level) {
    case SimdLevel::avx512:
      return "AVX-512";
    case SimdLevel::avx2:
      return "AVX2";
    case SimdLevel::baseline:
      break;
  }
#if defined(__aarch64__)
  return "NEON";
#else
  return "baseline";
#endif
}

bool simdSupported(SimdLevel level) {
#if defined(BLASNET_X86)
  __builtin_cpu_init();
  switch (level) {
    case SimdLevel::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    case SimdLevel::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case SimdLevel::baseline:
      return true;
  }
#endif
  return level == SimdLevel::baseline;
}

SimdLevel bestSimdLevel() {
  if (simdSupported(SimdLevel::avx512)) return SimdLevel::avx512;
  if (simdSupported(SimdLevel::avx2)) return SimdLevel::avx2;
  return SimdLevel::baseline;
}

const Kernel* kernelsFor(SimdLevel level) {
#if defined(BLASNET_X86)
  if (level == SimdLevel::avx512) return avx512::kTable;
  if (level == SimdLevel::avx2) return avx2::kTable;
#endif
  return baseline::kTable;
}

Kernel fusedKernelFor(SimdLevel level, const char* chain, std::int64_t batchSize) {
#if defined(BLASNET_X86)
  if (level == SimdLevel::avx512) return avx512::fusedKernel(chain, batchSize);
  if (level == SimdLevel::avx2) return avx2::fusedKernel(chain, batchSize);
#endif
  return baseline::fusedKernel(chain, batchSize);
}

}  // namespace blasnet
