#include "test/plain.h"

namespace blasnet::test {

bool runPlain(const std::string& kernel, PlainCall& call, double& sum) {
  for (const auto* table : {&plainLayers(), &plainLosses(), &plainNormalizations(), &plainUpdates()}) {
    const auto found = table->find(kernel);
    if (found == table->end()) continue;
    sum = found->second(call);
    return true;
  }
  return false;
}

}  // namespace blasnet::test
