// Matrix products, row-major, always on the calling thread. blas.cc is the only file that includes BLAS.
#pragma once

#include <cstdint>
#include <string>

namespace blasnet::blas {

// c[m,n] = a[m,k] · b[k,n]
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda, const float* b,
              std::int64_t ldb, float* c, std::int64_t ldc);

// c[m,n] = a[m,k] · b[n,k]ᵀ
void multiplyTransposedRight(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda,
                             const float* b, std::int64_t ldb, float* c, std::int64_t ldc);

// c[m,n] = a[k,m]ᵀ · b[k,n]
void multiplyTransposedLeft(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, std::int64_t lda,
                            const float* b, std::int64_t ldb, float* c, std::int64_t ldc);

// Library, version and build, for `blasnet doctor` and the benchmarks.
std::string vendor();

// The kernel that the library picked for this processor, such as "SkylakeX"; empty where it does not tell.
std::string coreName();

// Once per process, before the first product: blasnet brings its own threads, BLAS must not start more.
void useOneThread();

// How many threads may be in a product at once. A build of OpenBLAS has buffers for so many, and gives the process up
// when more come.
int mostCallers();

}  // namespace blasnet::blas
