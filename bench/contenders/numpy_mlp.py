"""One trial of NumPy: the network written out by hand, as courses do, but in float32 and without needless copies.

No file here may be called numpy.py: it would hide the module. How many threads its BLAS uses is in the environment.
"""

import numpy as np

from stopwatch import Stopwatch, answer, read_request

BETA1, BETA2, EPSILON = np.float32(0.9), np.float32(0.999), np.float32(1e-8)
NORM_EPSILON, NORM_MOMENTUM = np.float32(1e-5), np.float32(0.9)


class Network:
    def __init__(self, workload, seed):
        self.random = np.random.default_rng(seed)
        self.norm, self.rate = workload["batchNorm"], np.float32(workload["dropout"])
        self.parameters, self.running = [], []
        layers = list(zip(workload["sizes"][:-1], workload["sizes"][1:]))
        for index, (inputs, units) in enumerate(layers):
            kernel = self.random.standard_normal((inputs, units), dtype=np.float32)
            kernel *= np.float32(np.sqrt(2 / inputs))
            layer = [kernel, np.zeros(units, np.float32)]
            if self.norm and index < len(layers) - 1:
                layer += [np.ones(units, np.float32), np.zeros(units, np.float32)]
                self.running.append([np.zeros(units, np.float32), np.ones(units, np.float32)])
            self.parameters.append(layer)

    def normalize(self, layer, x):
        _, _, gamma, beta = self.parameters[layer]
        mean = x.mean(axis=0)
        centred = x - mean
        variance = np.square(centred).mean(axis=0)
        scale = 1 / np.sqrt(variance + NORM_EPSILON)
        unbiased = variance * np.float32(len(x) / (len(x) - 1))
        for old, new in zip(self.running[layer], (mean, unbiased)):
            old += (1 - NORM_MOMENTUM) * (new - old)
        centred *= scale
        return centred * gamma + beta, (centred, scale)

    def gradients(self, x, labels):
        """Loss, and the gradients in the order of the parameters."""
        inputs, norms, masks = [x], [], []
        for layer, (kernel, bias, *_) in enumerate(self.parameters[:-1]):
            x = x @ kernel
            x += bias
            if self.norm:
                x, kept = self.normalize(layer, x)
                norms.append(kept)
            mask = x > 0
            if self.rate > 0:
                mask = mask & (self.random.random(x.shape, dtype=np.float32) >= self.rate)
                mask = mask * (1 / (1 - self.rate))
            x *= mask
            masks.append(mask)
            inputs.append(x)
        x = x @ self.parameters[-1][0]
        x += self.parameters[-1][1]
        x -= x.max(axis=1, keepdims=True)
        np.exp(x, out=x)
        x /= x.sum(axis=1, keepdims=True)
        rows = np.arange(len(x))
        loss = -np.log(x[rows, labels]).mean()
        x[rows, labels] -= 1
        x *= np.float32(1 / len(x))
        return loss, self.backward(x, inputs, norms, masks)

    def backward(self, upstream, inputs, norms, masks):
        all_gradients = []
        for layer in reversed(range(len(self.parameters))):
            more = []
            if layer < len(masks):
                upstream *= masks[layer]
                if self.norm:
                    normalized, scale = norms[layer]
                    d_beta = upstream.sum(axis=0)
                    d_gamma = (upstream * normalized).sum(axis=0)
                    more = [d_gamma, d_beta]
                    rows = np.float32(len(upstream))
                    upstream = (upstream - d_beta / rows - normalized * (d_gamma / rows)) * (
                        self.parameters[layer][2] * scale
                    )
            all_gradients.append([inputs[layer].T @ upstream, upstream.sum(axis=0), *more])
            if layer > 0:
                upstream = upstream @ self.parameters[layer][0].T
        return all_gradients[::-1]


class Adam:
    def __init__(self, network, learning_rate):
        self.parameters = [p for layer in network.parameters for p in layer]
        self.slots = [(np.zeros_like(p), np.zeros_like(p), np.empty_like(p)) for p in self.parameters]
        self.learning_rate, self.steps = learning_rate, 0

    def update(self, gradients):
        self.steps += 1
        rate = np.float32(self.learning_rate / (1 - 0.9**self.steps))
        root = np.float32(1 / np.sqrt(1 - 0.999**self.steps))
        flat = (g for layer in gradients for g in layer)
        for p, g, (m, v, scratch) in zip(self.parameters, flat, self.slots):
            m *= BETA1
            np.multiply(g, 1 - BETA1, out=scratch)
            m += scratch
            v *= BETA2
            np.square(g, out=scratch)
            scratch *= 1 - BETA2
            v += scratch
            np.sqrt(v, out=scratch)
            scratch *= root
            scratch += EPSILON
            np.divide(m, scratch, out=scratch)
            scratch *= rate
            p -= scratch


def endless_batches(samples, batch_size, random):
    while True:
        order = random.permutation(samples)
        for first in range(0, samples - batch_size + 1, batch_size):
            yield order[first : first + batch_size]


def main():
    request = read_request()
    data, workload = request["data"], request["workload"]
    features = np.fromfile(data["features"], dtype=np.uint8).reshape(data["samples"], data["width"])
    features = features.astype(np.float32) / np.float32(255)
    labels = np.fromfile(data["labels"], dtype=np.uint8).astype(np.int64)
    network = Network(workload, request["seed"])
    optimizer = Adam(network, request["learningRate"])
    stopwatch = Stopwatch(request)
    samples, loss = 0, float("nan")
    for batch in endless_batches(len(labels), workload["batchSize"], network.random):
        loss, gradients = network.gradients(features[batch], labels[batch])
        optimizer.update(gradients)
        samples += len(batch)
        if stopwatch.tick(samples):
            break
    answer(stopwatch, loss=float(loss), configuration="float32", version=np.__version__)


if __name__ == "__main__":
    main()
