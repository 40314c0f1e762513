// Matrix products of a batch. At levels with a multiply-add they are our own: BLAS copies ("packs") both matrices before
// it multiplies, and a tile of a batch is too small to pay for that in every layer. Here a block of the result stays in
// registers while the matrices are read where they lie; what is copied is noted below. Elsewhere they are BLAS calls.
#pragma once

#include "kernels/contract.h"
#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// What is done to a sum while it is still in a register: bias[column] is added, and then, with `floors`, 0 taken where it is
// less.
struct Epilogue {
  const float* bias;  // [columns] or null
  bool floors;
};

// c[rows, columns] = epilogue(a[rows, inner] · b[inner, columns])
void multiply(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a, const float* b, float* c,
              float* scratch, const Epilogue& epilogue = {nullptr, false});

// c[rows, columns] = a[rows, inner] · b[columns, inner]ᵀ
void multiplyTransposedRight(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                             const float* b, float* c, float* scratch);

// c[rows, columns] = a[inner, lda]ᵀ · b[inner, columns], for `rows` columns of a
void multiplyTransposedLeft(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                            std::int64_t lda, const float* b, float* c, float* scratch);

}  // namespace blasnet::BLASNET_SIMD
