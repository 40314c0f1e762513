// Where the time of a run goes, for those who ask.
#pragma once

#include <chrono>
#include <vector>

namespace blasnet {

// Seconds of one worker since it was asked last.
class Clock {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Of one worker: seconds in each call of the program as it was given, and at barriers.
struct Times {
  std::vector<double> calls;
  double waiting = 0;
  Clock clock;
};

}  // namespace blasnet
