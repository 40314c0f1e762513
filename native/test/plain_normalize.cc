// Normalization as plain loops in double precision.
#include "test/plain.h"

#include <algorithm>
#include <cmath>

namespace blasnet::test {
namespace {

double batchNormStatistics(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  const auto rows = static_cast<double>(c.rows);
  for (std::size_t j = 0; j < columns; j++) {
    double mean = 0;
    double squares = 0;
    for (std::size_t row = 0; row < c.rows; row++) mean += c.operand[0][row * columns + j] / rows;
    for (std::size_t row = 0; row < c.rows; row++) {
      squares += (c.operand[0][row * columns + j] - mean) * (c.operand[0][row * columns + j] - mean);
    }
    c.operand[1][j] = mean;
    c.operand[2][j] = 1 / std::sqrt(squares / rows + c.attributes[0]);
    c.operand[3][j] = c.rows > 1 ? squares / (rows - 1) : 0;
  }
  return 0;
}

double runningStatistics(PlainCall& c) {
  const double keep = c.attributes[0];
  for (std::size_t j = 0; j < c.operand[0].size(); j++) {
    c.operand[2][j] = keep * c.operand[2][j] + (1 - keep) * c.operand[0][j];
    if (c.rows > 1) c.operand[3][j] = keep * c.operand[3][j] + (1 - keep) * c.operand[1][j];
  }
  return 0;
}

double batchNorm(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  for (std::size_t i = 0; i < c.rows * columns; i++) {
    const std::size_t j = i % columns;
    c.operand[5][i] = (c.operand[0][i] - c.operand[1][j]) * c.operand[2][j] * c.operand[3][j] + c.operand[4][j];
  }
  return 0;
}

double batchNormInference(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  for (std::size_t i = 0; i < c.rows * columns; i++) {
    const std::size_t j = i % columns;
    const double deviation = std::sqrt(c.operand[2][j] + c.attributes[0]);
    c.operand[5][i] = (c.operand[0][i] - c.operand[1][j]) / deviation * c.operand[3][j] + c.operand[4][j];
  }
  return 0;
}

double batchNormParameterGradients(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  for (std::size_t j = 0; j < columns; j++) {
    c.operand[4][j] = 0;
    c.operand[5][j] = 0;
    for (std::size_t row = 0; row < c.rows; row++) {
      const std::size_t i = row * columns + j;
      c.operand[4][j] += c.operand[1][i] * (c.operand[0][i] - c.operand[2][j]) * c.operand[3][j];
      c.operand[5][j] += c.operand[1][i];
    }
  }
  return 0;
}

double batchNormInputGradient(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  for (std::size_t i = 0; i < c.rows * columns; i++) {
    const std::size_t j = i % columns;
    const double normalized = (c.operand[0][i] - c.operand[2][j]) * c.operand[3][j];
    const double shared = (c.operand[6][j] + normalized * c.operand[5][j]) / static_cast<double>(c.rows);
    c.operand[7][i] = c.operand[4][j] * c.operand[3][j] * (c.operand[1][i] - shared);
  }
  return 0;
}

}  // namespace

const std::map<std::string, Plain>& plainNormalizations() {
  static const std::map<std::string, Plain> table{{"batchNormStatistics", batchNormStatistics},
                                                  {"runningStatistics", runningStatistics},
                                                  {"batchNorm", batchNorm},
                                                  {"batchNormInference", batchNormInference},
                                                  {"batchNormParameterGradients", batchNormParameterGradients},
                                                  {"batchNormInputGradient", batchNormInputGradient}};
  return table;
}

}  // namespace blasnet::test
