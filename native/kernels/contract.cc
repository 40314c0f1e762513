#include "kernels/contract.h"

#include <algorithm>
#include <sstream>

namespace blasnet {
namespace {

struct Row {
  const char* name;
  const char* axis;
  const char* split;
  const char* signature;
  const char* attributes;
  const char* scalars = "";
};

// clang-format off
constexpr Row kRows[] = {
    {"gatherFeatures", "rows", "rows",
     "-> features[rows,inputs]",
     ""},
    {"gatherLabels", "rows", "rows",
     "-> labels[rows]",
     ""},
    {"gatherTargets", "rows", "rows",
     "-> targets[rows,outputs]",
     ""},
    {"emit", "rows", "rows",
     "values[rows,columns] ->",
     ""},
    {"gatherWeights", "rows", "rows",
     "classWeights?[classes] -> weights[rows]",
     "by"},
    {"gatherWeightSum", "columns", "columns",
     "classWeights?[classes] -> sum[columns]",
     "by"},
    {"warpImage", "rows", "rows",
     "input[rows,pixels] operations?[numbers] -> output[rows,pixels]",
     "columns sigma alpha stream"},
    {"eraseRectangle", "rows", "rows",
     "input[rows,pixels] -> output[rows,pixels]",
     "columns probability least most stream"},
    {"dense", "rows", "rows",
     "input[rows,inputs] kernel[inputs,units] bias?[units] -> output[rows,units]",
     "activation parameter"},
    {"denseInputGradient", "rows", "rows",
     "outputGradient[rows,units] kernel[inputs,units] -> inputGradient[rows,inputs]",
     ""},
    {"denseKernelGradient", "parameters", "inputs",
     "input[rows,inputs] outputGradient[rows,units] -> kernelGradient[inputs,units]",
     ""},
    {"denseBiasGradient", "parameters", "units",
     "outputGradient[rows,units] -> biasGradient[units]",
     ""},
    {"activation", "rows", "rows",
     "input[rows,columns] -> output[rows,columns]",
     "activation parameter"},
    {"activationGradient", "rows", "rows",
     "saved[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]",
     "activation parameter"},
    {"softmax", "rows", "rows",
     "input[rows,columns] -> output[rows,columns]",
     ""},
    {"softmaxGradient", "rows", "rows",
     "output[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]",
     ""},
    {"prelu", "rows", "rows",
     "input[rows,columns] slope[columns] -> output[rows,columns]",
     ""},
    {"preluInputGradient", "rows", "rows",
     "input[rows,columns] outputGradient[rows,columns] slope[columns] -> inputGradient[rows,columns]",
     ""},
    {"preluSlopeGradient", "parameters", "columns",
     "input[rows,columns] outputGradient[rows,columns] -> slopeGradient[columns]",
     ""},
    {"dropout", "rows", "rows",
     "input[rows,columns] -> output[rows,columns] mask[rows,columns]",
     "rate stream"},
    {"dropoutGradient", "rows", "rows",
     "mask[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]",
     ""},
    {"alphaDropout", "rows", "rows",
     "input[rows,columns] -> output[rows,columns] mask[rows,columns]",
     "rate stream"},
    {"gaussianNoise", "rows", "rows",
     "input[rows,columns] -> output[rows,columns]",
     "standardDeviation stream"},
    {"batchNormStatistics", "columns", "columns",
     "input[rows,columns] -> mean[columns] inverseDeviation[columns] variance[columns]",
     "epsilon"},
    {"runningStatistics", "parameters", "columns",
     "mean[columns] variance[columns] -> &runningMean[columns] &runningVariance[columns]",
     "momentum"},
    {"batchNorm", "rows", "rows",
     "input[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] beta[columns] -> output[rows,columns]",
     ""},
    {"batchNormInference", "rows", "rows",
     "input[rows,columns] runningMean[columns] runningVariance[columns] gamma[columns] beta[columns] -> output[rows,columns]",
     "epsilon"},
    {"batchNormParameterGradients", "columns", "columns",
     "input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] -> gammaGradient[columns] betaGradient[columns]",
     ""},
    {"batchNormInputGradient", "rows", "rows",
     "input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] gammaGradient[columns] betaGradient[columns] -> inputGradient[rows,columns]",
     ""},
    {"batchNormInferenceGradient", "rows", "rows",
     "outputGradient[rows,columns] runningVariance[columns] gamma[columns] -> inputGradient[rows,columns]",
     "epsilon"},
    {"layerNorm", "rows", "rows",
     "input[rows,columns] gamma[columns] beta[columns] -> output[rows,columns] mean?[rows] inverseDeviation?[rows]",
     "epsilon"},
    {"layerNormInputGradient", "rows", "rows",
     "input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] gamma[columns] -> inputGradient[rows,columns]",
     ""},
    {"layerNormGammaGradient", "parameters", "columns",
     "input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] -> gammaGradient[columns]",
     ""},
    {"standardize", "rows", "rows",
     "input[rows,columns] mean[columns] deviation[columns] -> output[rows,columns]",
     ""},
    {"add", "rows", "rows",
     "first[rows,columns] second[rows,columns] -> sum[rows,columns]",
     ""},
    {"softmaxCrossEntropy", "rows", "rows",
     "logits[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]",
     ""},
    {"meanSquaredError", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     ""},
    {"accuracy", "rows", "rows",
     "scores[rows,classes] labels[rows] ->",
     ""},
    {"targetAccuracy", "rows", "rows",
     "scores[rows,classes] targets[rows,classes] ->",
     ""},
    {"decisionAccuracy", "rows", "rows",
     "logits[rows,columns] targets[rows,columns] ->",
     ""},
    {"smoothLabels", "rows", "rows",
     "labels[rows] classWeights?[classes] -> targets[rows,classes]",
     "smoothing"},
    {"smoothTargets", "rows", "rows",
     "targets[rows,classes] classWeights?[classes] -> smoothed[rows,classes]",
     "smoothing"},
    {"softCrossEntropy", "rows", "rows",
     "logits[rows,classes] targets[rows,classes] -> gradient?[rows,classes] losses?[rows]",
     ""},
    {"binaryCrossEntropy", "rows", "rows",
     "logits[rows,columns] targets[rows,columns] classWeights?[columns] -> gradient?[rows,columns] losses?[rows]",
     "smoothing"},
    {"multiclassHinge", "rows", "rows",
     "scores[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]",
     "margin"},
    {"meanAbsoluteError", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     ""},
    {"huber", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     "delta"},
    {"weighLosses", "rows", "rows",
     "losses[rows] weights?[rows] weightSum[one] -> &gradient?[rows,columns]",
     ""},
    {"l2", "parameters", "leading",
     "parameter[leading,inner] -> &gradient[leading,inner]",
     "lambda"},
    {"l1", "parameters", "leading",
     "parameter[leading,inner] -> &gradient[leading,inner]",
     "lambda"},
    {"activityL1", "rows", "rows",
     "output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]",
     "lambda"},
    {"activityL2", "rows", "rows",
     "output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]",
     "lambda"},
    {"squaredNorm", "parameters", "leading",
     "gradient[leading,inner] ->",
     ""},
    {"clipNorm", "parameters", "leading",
     "-> &gradient[leading,inner]",
     "limit total"},
    {"clipValue", "parameters", "leading",
     "-> &gradient[leading,inner]",
     "limit"},
    {"sgd", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner]",
     "multiplier",
     "learningRate"},
    {"momentum", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]",
     "momentum multiplier",
     "learningRate gradientShare"},
    {"rmsProp", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &mean?[leading,inner] &velocity?[leading,inner]",
     "decay epsilon momentum multiplier",
     "learningRate"},
    {"adam", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]",
     "beta1 beta2 epsilon weightDecay multiplier",
     "learningRate firstCorrection secondCorrection"},
    {"nesterov", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]",
     "momentum multiplier",
     "learningRate"},
    {"adaGrad", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &sumOfSquares[leading,inner]",
     "epsilon multiplier",
     "learningRate"},
    {"adaDelta", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &meanSquareStep[leading,inner]",
     "decay epsilon multiplier",
     "learningRate"},
    {"amsGrad", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner] &largestMoment[leading,inner]",
     "beta1 beta2 epsilon weightDecay multiplier",
     "learningRate firstCorrection secondCorrection"},
    {"nadam", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]",
     "beta1 beta2 epsilon multiplier",
     "learningRate gradientFactor momentFactor secondCorrection"},
    {"radam", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]",
     "beta1 beta2 epsilon multiplier",
     "learningRate firstCorrection rectification"},
    {"adaMax", "parameters", "leading",
     "gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &largest[leading,inner]",
     "beta1 beta2 epsilon multiplier",
     "learningRate firstCorrection"},
    {"constrainNorm", "columns", "units",
     "-> &parameter[inputs,units]",
     "least most rate"},
    {"nonNegative", "columns", "units",
     "-> &parameter[inputs,units]",
     ""},
};
// clang-format on

std::vector<std::string> words(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

OperandRule parseOperand(std::string token, bool output) {
  OperandRule rule{"", {}, false, output ? Direction::out : Direction::in};
  if (token.front() == '&') {
    rule.direction = Direction::inout;
    token.erase(0, 1);
  }
  const auto open = token.find('[');
  rule.shape = words(token.substr(open + 1, token.size() - open - 2), ',');
  rule.name = token.substr(0, open);
  if (rule.name.back() == '?') {
    rule.optional = true;
    rule.name.pop_back();
  }
  return rule;
}

KernelRule parseRow(const Row& row) {
  const std::string axis = row.axis;
  KernelRule rule{row.name, Axis::rows, row.split, {}, {}, words(row.attributes, ' '), words(row.scalars, ' ')};
  if (axis == "columns") rule.axis = Axis::columns;
  if (axis == "parameters") rule.axis = Axis::parameters;
  bool output = false;
  for (const auto& token : words(row.signature, ' ')) {
    if (token == "->") {
      output = true;
      continue;
    }
    rule.operands.push_back(parseOperand(token, output));
    for (const auto& symbol : rule.operands.back().shape) {
      const bool known = std::find(rule.symbols.begin(), rule.symbols.end(), symbol) != rule.symbols.end();
      if (symbol != "rows" && !known) rule.symbols.push_back(symbol);
    }
  }
  return rule;
}

}  // namespace

std::size_t KernelRule::placeOf(const std::string& symbol) const {
  return static_cast<std::size_t>(std::find(symbols.begin(), symbols.end(), symbol) - symbols.begin());
}

const std::vector<KernelRule>& contract() {
  // Leaked on purpose: threads of a job may outlive static destructors when the process exits in the middle of a fit.
  static const auto* rules = [] {
    auto* parsed = new std::vector<KernelRule>();
    for (const auto& row : kRows) parsed->push_back(parseRow(row));
    return parsed;
  }();
  return *rules;
}

std::string contractText() {
  std::string text;
  for (const auto& row : kRows) {
    if (!text.empty()) text += '\n';
    text += std::string(row.name) + " | " + row.axis + ' ' + row.split + " | " + row.signature + " | " +
            row.attributes + " | " + row.scalars;
  }
  return text;
}

std::size_t kernelCount() { return sizeof(kRows) / sizeof(kRows[0]); }

}  // namespace blasnet
