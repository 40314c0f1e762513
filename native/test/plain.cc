#include "test/plain.h"

#include <algorithm>
#include <cmath>

namespace blasnet::test {
namespace {

double activated(double id, double parameter, double x) {
  constexpr double kScale = 1.0507009873554805;
  constexpr double kScaledAlpha = 1.7580993408473768;
  switch (static_cast<int>(id)) {
    case 1:
      return x < 0 ? 0 : x;
    case 2:
      return x > 0 ? x : parameter * x;
    case 3:
      return 1 / (1 + std::exp(-x));
    case 4:
      return std::tanh(x);
    case 5:
      return x > 0 ? x : parameter * std::expm1(x);
    case 6:
      return x > 0 ? kScale * x : kScaledAlpha * std::expm1(x);
    default:
      return x;
  }
}

double slope(double id, double parameter, double y) {
  switch (static_cast<int>(id)) {
    case 1:
      return y > 0 ? 1 : 0;
    case 2:
      return y > 0 ? 1 : parameter;
    case 3:
      return y * (1 - y);
    case 4:
      return 1 - y * y;
    case 5:
      return y > 0 ? 1 : y + parameter;
    case 6:
      return y > 0 ? 1.0507009873554805 : y + 1.7580993408473768;
    default:
      return 1;
  }
}

double dense(PlainCall& c) {
  const std::size_t inputs = c.dimension[0];
  const std::size_t units = c.dimension[1];
  for (std::size_t row = 0; row < c.rows; row++) {
    for (std::size_t unit = 0; unit < units; unit++) {
      double sum = c.operand[2].empty() ? 0 : c.operand[2][unit];
      for (std::size_t k = 0; k < inputs; k++) sum += c.operand[0][row * inputs + k] * c.operand[1][k * units + unit];
      c.operand[3][row * units + unit] = activated(c.attributes[0], c.attributes[1], sum);
    }
  }
  return 0;
}

double denseInputGradient(PlainCall& c) {
  const std::size_t units = c.dimension[0];
  const std::size_t inputs = c.dimension[1];
  for (std::size_t row = 0; row < c.rows; row++) {
    for (std::size_t k = 0; k < inputs; k++) {
      double sum = 0;
      for (std::size_t unit = 0; unit < units; unit++) {
        sum += c.operand[0][row * units + unit] * c.operand[1][k * units + unit];
      }
      c.operand[2][row * inputs + k] = sum;
    }
  }
  return 0;
}

double denseKernelGradient(PlainCall& c) {
  const std::size_t inputs = c.dimension[0];
  const std::size_t units = c.dimension[1];
  for (std::size_t k = 0; k < inputs; k++) {
    for (std::size_t unit = 0; unit < units; unit++) {
      double sum = 0;
      for (std::size_t row = 0; row < c.rows; row++) {
        sum += c.operand[0][row * inputs + k] * c.operand[1][row * units + unit];
      }
      c.operand[2][k * units + unit] = sum;
    }
  }
  return 0;
}

double denseBiasGradient(PlainCall& c) {
  const std::size_t units = c.dimension[0];
  for (std::size_t unit = 0; unit < units; unit++) {
    c.operand[1][unit] = 0;
    for (std::size_t row = 0; row < c.rows; row++) c.operand[1][unit] += c.operand[0][row * units + unit];
  }
  return 0;
}

double activation(PlainCall& c) {
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    c.operand[1][i] = activated(c.attributes[0], c.attributes[1], c.operand[0][i]);
  }
  return 0;
}

double activationGradient(PlainCall& c) {
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    c.operand[2][i] = c.operand[1][i] * slope(c.attributes[0], c.attributes[1], c.operand[0][i]);
  }
  return 0;
}

// Writes softmax of one row; returns log Σ exp.
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

double l2(PlainCall& c) {
  double squares = 0;
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    squares += c.operand[0][i] * c.operand[0][i];
    c.operand[1][i] += c.attributes[0] * c.operand[0][i];
  }
  return c.attributes[0] / 2 * squares;
}

double l1(PlainCall& c) {
  double sizes = 0;
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    sizes += std::abs(c.operand[0][i]);
    c.operand[1][i] += c.attributes[0] * ((c.operand[0][i] > 0 ? 1 : 0) - (c.operand[0][i] < 0 ? 1 : 0));
  }
  return c.attributes[0] * sizes;
}

double dropoutGradient(PlainCall& c) {
  for (std::size_t i = 0; i < c.operand[0].size(); i++) c.operand[2][i] = c.operand[0][i] * c.operand[1][i];
  return 0;
}

const std::map<std::string, Plain>& plainLayers() {
  static const std::map<std::string, Plain> table{{"dense", dense},
                                                  {"denseInputGradient", denseInputGradient},
                                                  {"denseKernelGradient", denseKernelGradient},
                                                  {"denseBiasGradient", denseBiasGradient},
                                                  {"activation", activation},
                                                  {"activationGradient", activationGradient},
                                                  {"softmax", softmax},
                                                  {"softmaxCrossEntropy", softmaxCrossEntropy},
                                                  {"meanSquaredError", meanSquaredError},
                                                  {"accuracy", accuracy},
                                                  {"batchNormStatistics", batchNormStatistics},
                                                  {"runningStatistics", runningStatistics},
                                                  {"batchNorm", batchNorm},
                                                  {"batchNormInference", batchNormInference},
                                                  {"batchNormParameterGradients", batchNormParameterGradients},
                                                  {"batchNormInputGradient", batchNormInputGradient},
                                                  {"dropoutGradient", dropoutGradient},
                                                  {"l1", l1},
                                                  {"l2", l2}};
  return table;
}

}  // namespace

bool runPlain(const std::string& kernel, PlainCall& call, double& sum) {
  for (const auto* table : {&plainLayers(), &plainUpdates()}) {
    const auto found = table->find(kernel);
    if (found == table->end()) continue;
    sum = found->second(call);
    return true;
  }
  return false;
}

}  // namespace blasnet::test
