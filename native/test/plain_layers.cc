// Dense layers, activations and dropout as plain loops in double precision.
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
double dropoutGradient(PlainCall& c) {
  for (std::size_t i = 0; i < c.operand[0].size(); i++) c.operand[2][i] = c.operand[0][i] * c.operand[1][i];
  return 0;
}

}  // namespace

const std::map<std::string, Plain>& plainLayers() {
  static const std::map<std::string, Plain> table{{"dense", dense},
                                                  {"denseInputGradient", denseInputGradient},
                                                  {"denseKernelGradient", denseKernelGradient},
                                                  {"denseBiasGradient", denseBiasGradient},
                                                  {"activation", activation},
                                                  {"activationGradient", activationGradient},
                                                  {"dropoutGradient", dropoutGradient}};
  return table;
}

}  // namespace blasnet::test
