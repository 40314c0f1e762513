"""One trial of PyTorch, as its own guides would have it run fastest on a CPU in float32.

All samples lie in memory as float32 tensors, a batch is one index_select, gradients are set to None, nothing is logged.
`variant.mode` is eager or compile. In both, the implementation of Adam that is fastest here (fused or foreach) is found
first; compiled runs also try a compiled optimizer. No file here may be called torch.py: it would hide the module.
"""

import sys
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from stopwatch import Stopwatch, answer, read_request

warnings.filterwarnings("ignore")


def make_network(workload):
    sizes = workload["sizes"]
    layers = []
    for inputs, units in zip(sizes[:-2], sizes[1:-1]):
        layers.append(nn.Linear(inputs, units))
        if workload["batchNorm"]:
            layers.append(nn.BatchNorm1d(units))
        layers.append(nn.ReLU())
        if workload["dropout"] > 0:
            layers.append(nn.Dropout(workload["dropout"]))
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    return nn.Sequential(*layers).train()


def load(data):
    features = np.fromfile(data["features"], dtype=np.uint8).reshape(data["samples"], data["width"])
    labels = np.fromfile(data["labels"], dtype=np.uint8)
    return torch.from_numpy(features).float().div_(255), torch.from_numpy(labels).long()


def endless_batches(samples, batch_size):
    while True:
        order = torch.randperm(samples)
        for first in range(0, samples - batch_size + 1, batch_size):
            yield order[first : first + batch_size]


class Training:
    def __init__(self, request):
        self.features, self.labels = load(request["data"])
        self.batches = endless_batches(len(self.labels), request["workload"]["batchSize"])
        self.network = make_network(request["workload"])
        self.compiled = request["variant"]["mode"] == "compile"
        self.loss_of = torch.compile(self.batch_loss, fullgraph=True) if self.compiled else self.batch_loss

    def batch_loss(self, features, labels):
        return functional.cross_entropy(self.network(features), labels)

    def step(self, optimizer, update):
        batch = next(self.batches)
        optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.features.index_select(0, batch), self.labels.index_select(0, batch))
        loss.backward()
        update()
        return loss

    def optimizers(self, learning_rate):
        """Ways to run Adam, as name and function that makes optimizer and update."""
        parameters = list(self.network.parameters())

        def adam(wrap=lambda step: step, **implementation):
            optimizer = torch.optim.Adam(parameters, lr=learning_rate, **implementation)
            return optimizer, wrap(optimizer.step)

        yield "fused Adam", lambda: adam(fused=True)
        yield "foreach Adam", lambda: adam(foreach=True)
        if self.compiled:
            yield "compiled Adam", lambda: adam(torch.compile)

    def fastest_optimizer(self, learning_rate, seconds):
        """Tries each for a moment, by steps per second after its first steps."""
        found, notes = [], []
        for name, make in self.optimizers(learning_rate):
            try:
                optimizer, update = make()
                for _ in range(3):
                    self.step(optimizer, update)
                start, steps = time.perf_counter(), 0
                while steps == 0 or time.perf_counter() - start < seconds:
                    self.step(optimizer, update)
                    steps += 1
                found.append((steps / (time.perf_counter() - start), name, optimizer, update))
            except Exception as error:  # one way of running Adam that fails must not hide the others
                if name == "fused Adam":
                    raise
                notes.append(f"{name} failed: {str(error).splitlines()[0][:200]}")
        _, name, optimizer, update = max(found, key=lambda entry: entry[0])
        return name, optimizer, update, notes


def main():
    request = read_request()
    torch.manual_seed(request["seed"])
    torch.set_num_threads(request["variant"]["threads"])
    torch.set_num_interop_threads(1)
    training = Training(request)
    probe = min(0.3, request["seconds"] / 4)
    name, optimizer, update, notes = training.fastest_optimizer(request["learningRate"], probe)
    stopwatch = Stopwatch(request)
    batch_size = request["workload"]["batchSize"]
    samples = batch_size
    loss = training.step(optimizer, update)
    while not stopwatch.tick(samples):
        loss = training.step(optimizer, update)
        samples += batch_size
    answer(stopwatch, loss=loss.item(), configuration=name, notes=notes, version=torch.__version__)


if __name__ == "__main__":
    sys.exit(main())
