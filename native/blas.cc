#include "blas.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <thread>

#if defined(BLASNET_ACCELERATE)
#include <Accelerate/Accelerate.h>
#else
#include <cblas.h>
#endif

#if defined(BLASNET_OPENBLAS)
// Declared here as well: some builds of OpenBLAS ship a cblas.h without them.
extern "C" {
char* openblas_get_config(void);
char* openblas_get_corename(void);
void openblas_set_num_threads(int threads);
}
#endif

namespace blasnet::blas {
namespace {

int narrow(std::int64_t value) { return static_cast<int>(value); }

void product(CBLAS_TRANSPOSE transA, CBLAS_TRANSPOSE transB, std::int64_t m, std::int64_t n, std::int64_t k,
             const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  cblas_sgemm(CblasRowMajor, transA, transB, narrow(m), narrow(n), narrow(k), 1.0F, a, narrow(lda), b, narrow(ldb),
              0.0F, c, narrow(ldc));
}

}  // namespace

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda, const float* b,
              std::int64_t ldb, float* c, std::int64_t ldc) {
  product(CblasNoTrans, CblasNoTrans, m, n, k, a, lda, b, ldb, c, ldc);
}

void multiplyTransposedRight(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda,
                             const float* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  product(CblasNoTrans, CblasTrans, m, n, k, a, lda, b, ldb, c, ldc);
}

void multiplyTransposedLeft(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda,
                            const float* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  product(CblasTrans, CblasNoTrans, m, n, k, a, lda, b, ldb, c, ldc);
}

std::string vendor() {
#if defined(BLASNET_ACCELERATE)
  return "Accelerate";
#elif defined(BLASNET_OPENBLAS)
  return openblas_get_config();
#else
  return "CBLAS";
#endif
}

std::string coreName() {
#if defined(BLASNET_OPENBLAS)
  return openblas_get_corename();
#else
  return "";
#endif
}

void useOneThread() {
#if defined(BLASNET_OPENBLAS)
  openblas_set_num_threads(1);
#endif
}

int mostCallers() {
#if defined(BLASNET_OPENBLAS)
  // Two buffers for each thread that the build provides for; the library's own threads, which sleep, keep theirs.
  const char* limit = std::strstr(openblas_get_config(), "MAX_THREADS=");
  const int threads = limit == nullptr ? 0 : std::atoi(limit + std::strlen("MAX_THREADS="));  // NOLINT(cert-err34-c)
  const int own = static_cast<int>(std::thread::hardware_concurrency());
  return threads < 1 ? 32 : 2 * threads - std::min(threads, own);
#else
  return std::numeric_limits<int>::max();
#endif
}

}  // namespace blasnet::blas
