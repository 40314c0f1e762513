// The items of a stage among workers: each is done once, whoever is fast or slow, and workers keep their own.
#include <atomic>
#include <thread>
#include <vector>

#include "engine/shares.h"
#include "test/check.h"

namespace blasnet::test {
namespace {

void checkOwnItems() {
  Shares shares(3);
  shares.deal(8);
  const std::vector<std::size_t> own{shares.take(1), shares.take(1), shares.take(1)};
  check(own == std::vector<std::size_t>{1, 4, 7}, "a worker takes its own items first, in their order");
  check(shares.take(1) == 5, "and then the last of the next one's");
  check(shares.take(2) == 2 && shares.take(2) == 6, "an owner loses nothing but what was taken");
}

void checkOnce(int workers, std::size_t items) {
  const std::string name = std::to_string(items) + " items of " + std::to_string(workers) + " workers";
  Shares shares(workers);
  std::vector<std::atomic<int>> taken(items);
  for (int round = 1; round <= 20; round++) {
    shares.deal(items);
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(workers));
    // Of the last worker nothing is heard, as where the system had no thread for it.
    for (int worker = 0; worker < workers - (workers > 1 ? 1 : 0); worker++) {
      threads.emplace_back([&shares, &taken, worker] {
        const auto self = static_cast<std::size_t>(worker);
        for (std::size_t i = shares.take(self); i != Shares::kNone; i = shares.take(self)) taken[i]++;
      });
    }
    for (auto& thread : threads) thread.join();
    bool once = true;
    for (const auto& times : taken) once = once && times == round;
    check(once, name + " are each taken once");
  }
}

}  // namespace

void testShares() {
  checkOwnItems();
  for (const int workers : {1, 2, 3, 8}) {
    for (const std::size_t items : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{400}}) {
      checkOnce(workers, items);
    }
  }
}

}  // namespace blasnet::test
