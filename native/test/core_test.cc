// The core alone, for the sanitizers: core_test <file of programs.mjs> [mutations].
//
// Every program runs on every SIMD level with 1 to 4 threads; the bits must not depend on the threads. Programs with wrong
// numbers in them must be refused or run harmlessly. Kernels, gate and faults have files of their own.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "blas.h"
#include "engine/lifecycle.h"
#include "test/check.h"
#include "test/runs.h"

namespace blasnet::test {
namespace {

std::vector<Code> readPrograms(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const auto number = [&file] {
    double value = 0;
    file.read(reinterpret_cast<char*>(&value), sizeof(value));
    return value;
  };
  std::vector<Code> programs(static_cast<std::size_t>(number()));
  for (Code& code : programs) {
    code.resize(static_cast<std::size_t>(number()));
    for (double& value : code) value = number();
  }
  if (!file || programs.empty()) throw std::runtime_error("The file of programs cannot be read");
  return programs;
}

void testProgram(const Code& code, std::size_t index) {
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512}) {
    if (!simdSupported(level)) continue;
    const std::string name = "program " + std::to_string(index) + " on " + simdName(level);
    const Program program = decodeProgram(code.data(), code.size(), level);
    const Result one = runProgram(program, 1);
    check(one.steps == (kCount + program.batchSize - 1) / program.batchSize, name + " completes its steps");
    for (const int threads : {2, 3, 4}) {
      check(runProgram(program, threads) == one, name + " gives the same bits on more threads");
    }
    check(runProgram(program, 2, true).steps == 0, name + " stops when told to");
  }
}

Code mutate(Code code, Random& random) {
  static const std::vector<double> wrong{
      -1, 0, 1, 2, 7, 31, 64, 1000, 65536, 2147483648.0, 9007199254740992.0, 1e300, 0.5, 0.0 / 0.0};
  for (std::int64_t changes = 1 + random.below(2); changes > 0 && !code.empty(); changes--) {
    double& place = code[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(code.size())))];
    switch (random.below(8)) {
      case 0:
        code.resize(static_cast<std::size_t>(random.below(static_cast<std::int64_t>(code.size()))));
        break;
      case 1:
      case 2:
      case 3:
        place = random.pick(wrong);
        break;
      case 4:
        place = random.pick(code);
        break;
      default:
        place += static_cast<double>(random.below(5)) - 2;
    }
  }
  return code;
}

// Elements that a run needs. What is accepted may be large; the test keeps to what is small.
double elements(const Program& program) {
  double sum = static_cast<double>(program.parameters) * static_cast<double>(program.slots + 2);
  sum +=
      static_cast<double>(kSamples) * static_cast<double>(program.outputs + program.needsWidth + program.needsTargets);
  for (const std::int64_t size : program.sizes) sum += 2 * static_cast<double>(size);
  return sum;
}

// Programs are refused by InvalidInput; what is accepted must stay within its memory, which the sanitizers watch.
void testMutations(const std::vector<Code>& programs, int count) {
  Random random(2026);
  int refused = 0;
  int ran = 0;
  for (int i = 0; i < count; i++) {
    const Code code = mutate(random.pick(programs), random);
    try {
      const Program program = decodeProgram(code.data(), code.size(), bestSimdLevel());
      if (elements(program) > 4e6) continue;
      runProgram(program, 2);
      ran++;
    } catch (const InvalidInput&) {
      refused++;
    }
  }
  std::printf("of %d programs with wrong numbers %d were refused, %d ran harmlessly\n", count, refused, ran);
  check(refused > 0 && ran > 0, "wrong numbers are refused or harmless");
}

int run(int argc, char** argv) {
  if (argc < 2) throw std::runtime_error("core_test <programs> [mutations]");
  installLifecycleHandlers();
  blas::useOneThread();
  const std::vector<Code> programs = readPrograms(argv[1]);
  testKernels(25);
  for (std::size_t i = 0; i < programs.size(); i++) testProgram(programs[i], i);
  testFaults(programs);
  testGate(40);
  testShares();
  if (argc > 2) testMutations(programs, std::atoi(argv[2]));
  std::printf("core test on %s: %d passed, %d failed\n", blas::coreName().c_str(), passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace blasnet::test

int main(int argc, char** argv) {
  try {
    return blasnet::test::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
