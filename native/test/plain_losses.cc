// Softmax, losses and metrics as plain loops in double precision.
#include "test/plain.h"

#include <algorithm>
#include <cmath>

namespace blasnet::test {
namespace {

double softmaxRow(const double* input, double* output, std::size_t columns) {
  const double largest = *std::max_element(input, input + columns);
  double sum = 0;
  for (std::size_t j = 0; j < columns; j++) sum += std::exp(input[j] - largest);
  for (std::size_t j = 0; j < columns; j++) output[j] = std::exp(input[j] - largest) / sum;
  return largest + std::log(sum);
}

double softmax(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  for (std::size_t row = 0; row < c.rows; row++) {
    softmaxRow(&c.operand[0][row * columns], &c.operand[1][row * columns], columns);
  }
  return 0;
}

double softmaxCrossEntropy(PlainCall& c) {
  const std::size_t classes = c.dimension[0];
  std::vector<double> probabilities(classes);
  double total = 0;
  for (std::size_t row = 0; row < c.rows; row++) {
    const double normalizer = softmaxRow(&c.operand[0][row * classes], probabilities.data(), classes);
    const auto label = static_cast<std::size_t>(c.operand[1][row]);
    const double loss = normalizer - c.operand[0][row * classes + label];
    total += loss;
    if (!c.operand[3].empty()) c.operand[3][row] = loss;
    if (c.operand[2].empty()) continue;
    for (std::size_t j = 0; j < classes; j++) {
      c.operand[2][row * classes + j] = (probabilities[j] - (j == label ? 1 : 0)) / static_cast<double>(c.rows);
    }
  }
  return total;
}

double meanSquaredError(PlainCall& c) {
  const std::size_t columns = c.dimension[0];
  double total = 0;
  for (std::size_t row = 0; row < c.rows; row++) {
    double loss = 0;
    for (std::size_t i = row * columns; i < (row + 1) * columns; i++) {
      const double difference = c.operand[0][i] - c.operand[1][i];
      loss += difference * difference / static_cast<double>(columns);
      if (!c.operand[2].empty()) c.operand[2][i] = 2 * difference / static_cast<double>(c.rows * columns);
    }
    total += loss;
    if (!c.operand[3].empty()) c.operand[3][row] = loss;
  }
  return total;
}

double accuracy(PlainCall& c) {
  const std::size_t classes = c.dimension[0];
  double correct = 0;
  for (std::size_t row = 0; row < c.rows; row++) {
    const auto first = c.operand[0].begin() + static_cast<std::ptrdiff_t>(row * classes);
    const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(classes)) - first;
    correct += static_cast<double>(best) == c.operand[1][row] ? 1 : 0;
  }
  return correct;
}

}  // namespace

const std::map<std::string, Plain>& plainLosses() {
  static const std::map<std::string, Plain> table{{"softmax", softmax},
                                                  {"softmaxCrossEntropy", softmaxCrossEntropy},
                                                  {"meanSquaredError", meanSquaredError},
                                                  {"accuracy", accuracy}};
  return table;
}

}  // namespace blasnet::test
