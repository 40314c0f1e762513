// Every allocation refused in turn, by operator new as well as in the engine's own memory, and threads refused: a typed
// failure, nothing lost, and the next run as if nothing had been.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "engine/faults.h"
#include "engine/memory.h"
#include "engine/store.h"
#include "test/check.h"
#include "test/runs.h"

namespace {

std::atomic<std::int64_t> newCountdown{-1};

}  // namespace

// The sized and array forms of the library call these two. Inlined, they would look to the compiler like new and free().
// NOLINTBEGIN(misc-new-delete-overloads)
__attribute__((noinline)) void* operator new(std::size_t size) {
  if (newCountdown.load(std::memory_order_relaxed) >= 0 && newCountdown.fetch_sub(1) == 0) throw std::bad_alloc();
  void* pointer = std::malloc(size == 0 ? 1 : size);
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}
__attribute__((noinline)) void operator delete(void* pointer) noexcept { std::free(pointer); }
__attribute__((noinline)) void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
// NOLINTEND(misc-new-delete-overloads)

namespace blasnet::test {
namespace {

Result decodeAndRun(const Code& code, int threads) {
  return runProgram(decodeProgram(code.data(), code.size(), bestSimdLevel()), threads);
}

// Moves the refusal one allocation further until there are none left. A run may also complete because what was refused was
// only a helper thread's; so several in a row must.
template <typename Order>
int refuseInTurn(const Code& code, int threads, const Result& wanted, const std::string& name, Order order) {
  int refused = 0;
  int completed = 0;
  for (int after = 0; completed < 12; after++) {
    order(after);
    try {
      const Result got = decodeAndRun(code, threads);
      order(-1);
      completed++;
      check(got == wanted, name + ": a run that completes is undisturbed");
    } catch (const std::bad_alloc&) {
      order(-1);
      completed = 0;
      refused++;
    }
    if (after % 16 == 0)
      check(decodeAndRun(code, threads) == wanted, name + ": the run after a refusal is undisturbed");
  }
  return refused;
}

void testRefusedMemory(const Code& code, int threads) {
  const Result wanted = decodeAndRun(code, threads);
  const std::int64_t before = allocatedBytes();
  const int own = refuseInTurn(code, threads, wanted, "refused arrays",
                               [](int after) { orderFault(FaultSite::allocation, FaultKind::refusal, after, false); });
  const int all = refuseInTurn(code, threads, wanted, "refused operator new", [](int after) { newCountdown = after; });
  check(own > 5 && all > 20, "refusals met the run");
  check(allocatedBytes() == before, "refusals leave nothing behind");
  std::printf("refused %d arrays and %d other allocations in turn, %d threads\n", own, all, threads);
}

void testRefusedThreads(const Code& code) {
  const Result wanted = decodeAndRun(code, 1);
  for (int started = 0; started < 4; started++) {
    orderFault(FaultSite::thread, FaultKind::refusal, started, true);
    check(decodeAndRun(code, 4) == wanted, "with fewer threads than asked for the bits are the same");
  }
  orderFault(FaultSite::thread, FaultKind::refusal, -1, false);
}

// What is thrown between two stages, on whatever thread, comes out of the run.
void testFailedSteps(const Code& code) {
  const Result wanted = decodeAndRun(code, 3);
  for (int kind = 0; kind < kFaultKinds; kind++) {
    for (int step = 0; step < 6; step++) {
      bool thrown = false;
      orderFault(FaultSite::step, static_cast<FaultKind>(kind), step, false);
      try {
        decodeAndRun(code, 3);
      } catch (...) {
        thrown = true;
      }
      check(thrown, "a failure between stages ends the run");
      check(decodeAndRun(code, 3) == wanted, "and the next one is undisturbed");
    }
  }
}

// Snapshots are read while newer ones are published; the thread sanitizer watches.
void testSnapshots() {
  const auto store = std::make_shared<Store>(4096, 0);
  (void)store->snapshot();
  std::atomic<bool> done{false};
  std::thread trainer([&] {
    for (int round = 1; round <= 300; round++) {
      const LiveArenas live(store);
      std::fill(store->live(), store->live() + store->size(), static_cast<float>(round));
      store->publish();
    }
    done = true;
  });
  bool whole = true;
  while (!done) {
    // Asked for on one thread, read and let go on another, as a prediction does.
    std::thread([&whole, copy = store->snapshot()] {
      const float first = copy->data()[0];
      whole = whole && std::all_of(copy->data(), copy->data() + copy->size(), [=](float x) { return x == first; });
    }).join();
  }
  trainer.join();
  check(whole, "a snapshot is of one moment");
  LiveArenas owner(store);
  check(static_cast<bool>(owner), "the live arenas are free again");
  check(!LiveArenas(store), "and have one owner at a time");
}

void testSizes() {
  const auto refused = [](std::size_t size) {
    try {
      const AlignedArray<double> array(size);
    } catch (const std::bad_alloc&) {
      return true;
    }
    return false;
  };
  check(refused(std::numeric_limits<std::size_t>::max()), "the largest size does not wrap round");
  check(refused(std::numeric_limits<std::size_t>::max() / 8 + 2), "nor does one that is 8 bytes when multiplied");
  check(refused(std::size_t{1} << 42), "more than the machine has is refused, not promised");
  check(AlignedArray<float>(0).data() == nullptr, "nothing is nowhere");
}

// The program with the most places where a run can fail.
const Code& mostStages(const std::vector<Code>& programs) {
  const auto stages = [](const Code& code) {
    return decodeProgram(code.data(), code.size(), bestSimdLevel()).stages.size();
  };
  return *std::max_element(programs.begin(), programs.end(),
                           [&](const Code& a, const Code& b) { return stages(a) < stages(b); });
}

}  // namespace

void testFaults(const std::vector<Code>& programs) {
  testSizes();
  testSnapshots();
  const Code& training = mostStages(programs);
  const Code& prediction = programs.back();
  for (const Code* code : {&training, &prediction}) {
    testRefusedMemory(*code, 1);
    testRefusedMemory(*code, 3);
  }
  testRefusedThreads(training);
  testFailedSteps(training);
}

}  // namespace blasnet::test
