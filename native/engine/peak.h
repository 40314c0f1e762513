// What this machine can do at most: the yardstick of every share that blasnet reports.
#pragma once

namespace blasnet {

// float32 multiply-adds from registers only, in 10⁹ operations a second (a multiply-add counts two), over all threads.
double peakGflops(double seconds, int threads);

// Reading one large array and writing another, in 10⁹ bytes a second (both directions counted), over all threads.
double copyBandwidth(double seconds, int threads);

}  // namespace blasnet
