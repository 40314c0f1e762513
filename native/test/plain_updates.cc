// Penalties on parameters, and their updates, as plain loops in double precision. The scalars of a step are the learning
// rate and what the optimizer adds to it.
#include <cmath>

#include "test/plain.h"

namespace blasnet::test {
namespace {

double sgd(PlainCall& c) {
  const double rate = c.scalars[0] * c.attributes[0];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) c.operand[1][i] -= rate * c.operand[0][i];
  return 0;
}

double momentum(PlainCall& c) {
  const double rate = c.scalars[0] * c.attributes[1];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    c.operand[2][i] = c.attributes[0] * c.operand[2][i] + c.scalars[1] * c.operand[0][i];
    c.operand[1][i] -= rate * c.operand[2][i];
  }
  return 0;
}

double nesterov(PlainCall& c) {
  const double rate = c.scalars[0] * c.attributes[1];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    c.operand[2][i] = c.attributes[0] * c.operand[2][i] + c.operand[0][i];
    c.operand[1][i] -= rate * (c.operand[0][i] + c.attributes[0] * c.operand[2][i]);
  }
  return 0;
}

double adaGrad(PlainCall& c) {
  const double rate = c.scalars[0] * c.attributes[1];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    c.operand[2][i] += c.operand[0][i] * c.operand[0][i];
    c.operand[1][i] -= rate * c.operand[0][i] / (std::sqrt(c.operand[2][i]) + c.attributes[0]);
  }
  return 0;
}

double rmsProp(PlainCall& c) {
  const double decay = c.attributes[0];
  const double rate = c.scalars[0] * c.attributes[3];
  auto& mean = c.operand[3];
  auto& velocity = c.operand[4];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    const double g = c.operand[0][i];
    c.operand[2][i] = decay * c.operand[2][i] + (1 - decay) * g * g;
    double variance = c.operand[2][i];
    if (!mean.empty()) {
      mean[i] = decay * mean[i] + (1 - decay) * g;
      variance -= mean[i] * mean[i];
    }
    double step = g / (std::sqrt(variance) + c.attributes[1]);
    if (!velocity.empty()) {
      velocity[i] = c.attributes[2] * velocity[i] + step;
      step = velocity[i];
    }
    c.operand[1][i] -= rate * step;
  }
  return 0;
}

// Also AMSGrad, which has the largest second moments as its last operand.
double adam(PlainCall& c) {
  const double beta1 = c.attributes[0];
  const double beta2 = c.attributes[1];
  const double rate = c.scalars[0] * c.attributes[4];
  for (std::size_t i = 0; i < c.operand[0].size(); i++) {
    const double g = c.operand[0][i];
    c.operand[2][i] = beta1 * c.operand[2][i] + (1 - beta1) * g;
    c.operand[3][i] = beta2 * c.operand[3][i] + (1 - beta2) * g * g;
    double square = c.operand[3][i];
    if (c.operand.size() > 4) square = c.operand[4][i] = std::fmax(c.operand[4][i], square);
    const double step = c.scalars[1] * c.operand[2][i] / (std::sqrt(square) * c.scalars[2] + c.attributes[2]);
    c.operand[1][i] -= rate * (step + c.attributes[3] * c.operand[1][i]);
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

}  // namespace

const std::map<std::string, Plain>& plainUpdates() {
  static const std::map<std::string, Plain> table{{"sgd", sgd},
                                                  {"momentum", momentum},
                                                  {"nesterov", nesterov},
                                                  {"adaGrad", adaGrad},
                                                  {"rmsProp", rmsProp},
                                                  {"adam", adam},
                                                  {"amsGrad", adam},
                                                  {"l1", l1},
                                                  {"l2", l2}};
  return table;
}

}  // namespace blasnet::test
