// The gate under load: forks while threads are in BLAS, more threads than may be inside, an exit in the middle of it.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "blas.h"
#include "engine/lifecycle.h"
#include "test/check.h"

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace blasnet::test {
namespace {

using Clock = std::chrono::steady_clock;

// Threads that multiply through the gate until told to stop, and how many products each of them got done.
class Load {
 public:
  explicit Load(int threads) : done_(static_cast<std::size_t>(threads)) {
    for (int i = 0; i < threads; i++) threads_.emplace_back([this, i] { work(static_cast<std::size_t>(i)); });
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void stop() {
    stopped_ = true;
    for (auto& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  void abandon() {
    for (auto& thread : threads_) thread.detach();
  }
  std::int64_t products() const {
    std::int64_t sum = 0;
    for (const auto& done : done_) sum += done;
    return sum;
  }
  int mostInside() const { return most_; }

 private:
  void work(std::size_t index) {
    constexpr std::int64_t kSize = 96;
    std::vector<float> a(kSize * kSize, 0.5F);
    std::vector<float> c(kSize * kSize);
    while (!stopped_) {
      const WorkGate gate;
      const int now = ++inside_;
      int most = most_;
      while (now > most && !most_.compare_exchange_weak(most, now)) {
      }
      blas::multiply(kSize, kSize, kSize, a.data(), kSize, a.data(), kSize, c.data(), kSize);
      done_[index]++;
      inside_--;
    }
  }

  std::atomic<bool> stopped_{false};
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
  std::vector<std::atomic<std::int64_t>> done_;
  std::vector<std::thread> threads_;
};

#if !defined(_WIN32)
// The exit code of a child, or -1 when it had to be killed.
int waitFor(pid_t child, int seconds) {
  const auto limit = Clock::now() + std::chrono::seconds(seconds);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() > limit) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

void testForks(int forks) {
  Load load(4);
  int ended = 0;
  for (int i = 0; i < forks; i++) {
    const pid_t child = fork();
    if (child == 0) {
      const WorkGate gate;  // open in the child
      _exit(7);
    }
    ended += waitFor(child, 20) == 7 ? 1 : 0;
  }
  check(ended == forks, "every fork under load ends");
  const std::int64_t before = load.products();
  while (load.products() == before) std::this_thread::yield();
  load.stop();
  check(load.products() > before, "work goes on after the forks");
}

// In a child of ours, because it ends the process: exit() while threads are in BLAS.
void testExit(int times) {
  int clean = 0;
  for (int i = 0; i < times; i++) {
    const pid_t child = fork();
    if (child == 0) {
      auto* load = new Load(3);  // never destroyed, as the threads of a fit are not
      std::this_thread::sleep_for(std::chrono::microseconds(500 * i));
      load->abandon();
      std::exit(5);
    }
    clean += waitFor(child, 20) == 5 ? 1 : 0;
  }
  check(clean == times, "every exit under load is clean");
}
#endif

void testLimit() {
  WorkGate::limitTo(2);
  Load load(6);
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  load.stop();
  check(load.mostInside() <= 2 && load.products() > 0, "the gate lets in no more than it may");
  WorkGate::limitTo(blas::mostCallers());
}

}  // namespace

void testGate(int forks) {
  std::fflush(stdout);  // or every child would say it again
  testLimit();
#if !defined(_WIN32)
  testForks(forks);
#if !defined(__SANITIZE_THREAD__)
  testExit(forks / 4);  // the thread sanitizer allows no threads in a forked child
#endif
#else
  (void)forks;
#endif
}

}  // namespace blasnet::test
