"""
The courses' setting of the labs `optimizers` and `weight-initialization` in NumPy, by their formulas: what the losses of
these labs are held against. Weights by He, batches drawn from all images, the loss of a batch after the update with it.

    python scripts/lab-original.py FOLDER_OF_MNIST [SGD|Momentum|AdaGrad|Adam]... SEED...

Prints the mean loss of the first and the last hundred of 2000 steps. Source: chapter 6 of "Deep Learning from Scratch".
"""

import gzip
import sys

import numpy as np

SIZES = [784, 100, 100, 100, 100, 10]


def read(folder, name, header):
    with gzip.open(f"{folder}/{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


class Network:
    def __init__(self):
        self.parameters = []
        for inputs, units in zip(SIZES, SIZES[1:]):
            self.parameters += [np.sqrt(2 / inputs) * np.random.randn(inputs, units), np.zeros(units)]

    def predict(self, x):
        """Probabilities, and the inputs of every layer."""
        inputs = [x]
        for i in range(0, 10, 2):
            x = x @ self.parameters[i] + self.parameters[i + 1]
            if i < 8:
                x = np.maximum(x, 0)
                inputs.append(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True), inputs

    def loss(self, x, labels):
        probabilities, _ = self.predict(x)
        return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-7).mean()

    def gradients(self, x, labels):
        d, inputs = self.predict(x)
        d[np.arange(len(labels)), labels] -= 1
        d /= len(labels)
        gradients = []
        for i in range(4, -1, -1):
            gradients = [inputs[i].T @ d, d.sum(axis=0)] + gradients
            d = (d @ self.parameters[2 * i].T) * (inputs[i] > 0)
        return gradients


def sgd(p, g, state, step):
    p -= 0.01 * g


def momentum(p, g, state, step):
    v = state.setdefault("v", np.zeros_like(p))
    v *= 0.9
    v -= 0.01 * g
    p += v


def ada_grad(p, g, state, step):
    h = state.setdefault("h", np.zeros_like(p))
    h += g * g
    p -= 0.01 * g / (np.sqrt(h) + 1e-7)


def adam(p, g, state, step):
    m, v = state.setdefault("m", np.zeros_like(p)), state.setdefault("v", np.zeros_like(p))
    m += 0.1 * (g - m)
    v += 0.001 * (g * g - v)
    p -= 0.001 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step) * m / (np.sqrt(v) + 1e-7)


def main(folder, *rest):
    images = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255
    labels = read(folder, "train-labels-idx1-ubyte", 8)
    updates = {"SGD": sgd, "Momentum": momentum, "AdaGrad": ada_grad, "Adam": adam}
    wanted = [name for name in rest if name in updates] or list(updates)
    for seed in [seed for seed in rest if seed not in updates]:
        np.random.seed(int(seed))
        runs = {name: (Network(), [{} for _ in range(10)], []) for name in wanted}
        for step in range(1, 2001):
            chosen = np.random.choice(len(images), 128)
            x, t = images[chosen], labels[chosen]
            for name, (network, states, losses) in runs.items():
                for p, g, state in zip(network.parameters, network.gradients(x, t), states):
                    updates[name](p, g, state, step)
                losses.append(network.loss(x, t))
        for name, (_, _, losses) in runs.items():
            print(f"{name} seed {seed}: {np.mean(losses[:100]):.3f} -> {np.mean(losses[-100:]):.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
