"""Warm-up, then windows of measured time. stopwatch.mjs is its twin: change both."""

import json
import resource
import sys
import time


class Stopwatch:
    def __init__(self, request):
        self.request = request
        self.rates = []  # samples per second of each window
        self.core_rates = []  # samples per second that a core worked, on all threads together
        self.start = time.perf_counter()
        self.ticks = 0
        self.window = None
        self.measured_from = 0.0

    def tick(self, samples):
        """Called after every step with all samples so far; true when the trial is over."""
        now = time.perf_counter()
        seconds, windows = self.request["seconds"], self.request["windows"]
        self.ticks += 1
        if self.window is None:
            # Two steps at least: the first one may compile.
            if self.ticks < 2 or now - self.start < self.request["warmUpSeconds"]:
                return False
            self.window = (now, time.process_time(), samples)
            self.measured_from = now
            return False
        elapsed = now - self.window[0]
        if elapsed < seconds / windows:
            return False
        core = time.process_time()
        trained = samples - self.window[2]
        self.rates.append(trained / elapsed)
        self.core_rates.append(trained / (core - self.window[1]))
        self.window = (now, core, samples)
        # Whoever takes many seconds for one step does not have to fill every window.
        return len(self.rates) == windows or now - self.measured_from > 3 * seconds


def read_request():
    return json.loads(sys.argv[1])


def answer(stopwatch, **more):
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    rates = {"windows": stopwatch.rates, "coreWindows": stopwatch.core_rates}
    print(json.dumps({**rates, "cpuSeconds": cpu, **more}), flush=True)
