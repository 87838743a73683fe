#!/usr/bin/python3
"""What PyTorch computes for the U-Net, in float64 and float32: losses, gradients, statistics, inference.

    /usr/bin/python3 test/data/torch/make-fixtures.py [NAME...]  # Debian's python3-torch (1.13), about 3 minutes

Weights and images are not stored but drawn from an integer hash that test/torch-fixture.ts repeats bit for bit. Of a
gradient g only g·s is stored, for 64 vectors s of random signs: the mean of ((g' - g)·s)² estimates |g' - g|² without
bias, with a relative standard deviation of sqrt(2/64).
"""
import copy
import json
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

PROJECTIONS = 64
STEPS = 5
# Standard deviations by which clear-cut weights move a normalised channel away from a ReLU's kink.
DISTANCE = 3
HERE = os.path.dirname(os.path.abspath(__file__))


SEED_STRIDE = 10000


def box(u):
    """5×5 mean of images [n, 1, h, w], zero outside. Sums of up to 25 multiples of 2^-31 are exact in float64."""
    padded = np.pad(u, [(0, 0), (0, 0), (2, 2), (2, 2)])
    h, w = u.shape[2:]
    return sum(padded[:, :, i : i + h, j : j + w] for i in range(5) for j in range(5)) / 25


def uniform(stream, n):
    """n numbers in [-1, 1), exact in float64 (the mixing steps are Chris Wellons' lowbias32)."""
    with np.errstate(over='ignore'):
        x = np.arange(n, dtype=np.uint32) + np.uint32((stream * 0x9E3779B9) & 0xFFFFFFFF)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x7FEB352D)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0x846CA68B)
        x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2**31 - 1


def signs(stream, n):
    return np.where(uniform(stream, n) < 0, -1.0, 1.0)


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


class Unet(nn.Module):
    def __init__(self, inputs, outputs, widths):
        super().__init__()
        self.levels = len(widths)
        self.encoder = nn.ModuleList(Block(i, o) for i, o in zip([inputs] + widths, widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for o, i in zip(widths, widths[1:]))
        self.decoder = nn.ModuleList(Block(2 * o, o) for o in widths[:-1])
        self.head = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.encoder):
            x = block(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for level in reversed(range(self.levels - 1)):
            x = self.decoder[level](torch.cat([skips[level], self.up[level](x)], 1))
        return self.head(x)


def ordered_names(levels):
    """The order of the flat vectors."""
    norm = lambda name, k: [f'{name}.conv{k}.weight', f'{name}.norm{k}.weight', f'{name}.norm{k}.bias']
    block = lambda name: norm(name, 1) + norm(name, 2)
    names = [n for level in range(levels) for n in block(f'encoder.{level}')]
    for level in reversed(range(levels - 1)):
        names += [f'up.{level}.weight', f'up.{level}.bias'] + block(f'decoder.{level}')
    return names + ['head.weight', 'head.bias']


def draw(model, names, seed, clear_cut):
    """He's variance for weights; batch norm near (1, 0), so that no parameter is at a special value.

    Clear-cut: its bias is near 3, or near -3 in every fourth channel.
    """
    byname = dict(model.named_parameters())
    with torch.no_grad():
        for stream, name in enumerate(names):
            p = byname[name]
            u = uniform(seed * SEED_STRIDE + stream, p.numel())
            if p.dim() == 1:
                value = (1.0 if name.endswith('weight') else 0.0) + 0.25 * u
                if clear_cut and '.norm' in name and name.endswith('bias'):
                    value += np.where(np.arange(p.numel()) % 4 == 3, -DISTANCE, DISTANCE)
            else:
                fan_in = p.shape[0] if name.startswith('up') else p[0].numel()
                # A small head: outputs near 0, as a network that begins to learn has them.
                gain = 0.1 if name.startswith('head') else 1.0
                value = gain * np.sqrt(6.0 / fan_in) * u
            p.copy_(torch.from_numpy(value.astype(np.float32).reshape(tuple(p.shape))))


LOSSES = {
    'l1': lambda o, t, s: (o[:, :1] - t).abs().mean(),
    'laplace': lambda o, t, s: (torch.exp(-o[:, 1:2]) * (o[:, :1] - t).abs() + o[:, 1:2]).mean(),
    'fixed-scale': lambda o, t, s: (torch.exp(-s) * (o[:, :1] - t).abs()).mean(),
}


def flat(arrays):
    return torch.cat([a.detach().double().reshape(-1) for a in arrays]).numpy()


def project(vector):
    return [float(signs(2000 + k, vector.size) @ vector) for k in range(PROJECTIONS)]


def statistics(model, names):
    norms = [n[: -len('.weight')] for n in names if '.norm' in n and n.endswith('weight')]
    modules = dict(model.named_modules())
    return flat([x for n in norms for x in (modules[n].running_mean, modules[n].running_var)])


def train(model, names, loss, data, dtype, learning_rate, steps):
    """Losses of the first steps, gradient of the first, and statistics and inference after the first forward pass."""
    model = copy.deepcopy(model).to(dtype)
    x, t, s = (d.to(dtype) for d in data)
    byname = dict(model.named_parameters())
    optimiser = torch.optim.Adam(model.parameters(), learning_rate)
    losses = []
    for step in range(steps):
        optimiser.zero_grad(set_to_none=True)
        value = LOSSES[loss](model(x), t, s)
        value.backward()
        losses.append(value.item())
        if step == 0:
            zero = lambda p: torch.zeros_like(p) if p.grad is None else p.grad
            gradient = [zero(byname[n]).detach().double().reshape(-1).numpy() for n in names]
            running = statistics(model, names)
            with torch.no_grad():
                output = flat([model.eval()(x)])
            model.train()
        optimiser.step()
    return losses, gradient, running, output


def relative(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def make(file, seed, widths, inputs, outputs, n, h, w, losses, learning_rate=1e-3, steps=STEPS, clear_cut=False):
    names = ordered_names(len(widths))
    model = Unet(inputs, outputs, widths)
    draw(model, names, seed, clear_cut)
    array = lambda stream, channels: uniform(seed * SEED_STRIDE + stream, n * channels * h * w).reshape(n, channels, h, w)
    image = array(1000, inputs)
    data = [1.75 * image, 1.75 * box(image[:, :1]), 0.5 * array(1001, 1) - 0.5]
    data = [torch.from_numpy(d.astype(np.float32)) for d in data]
    shapes = dict(model.named_parameters())
    record = {
        'seed': seed,
        'clearCut': clear_cut,
        'madeWith': f'PyTorch {torch.__version__}',
        'network': {'inputChannels': inputs, 'outputChannels': outputs, 'widths': widths},
        'learningRate': learning_rate,
        'size': {'n': n, 'h': h, 'w': w},
        'parameters': [{'name': k, 'shape': list(shapes[k].shape)} for k in names],
        'losses': {},
    }
    for loss in losses:
        l64, g64, r64, o64 = train(model, names, loss, data, torch.float64, learning_rate, steps)
        l32, g32, r32, o32 = train(model, names, loss, data, torch.float32, learning_rate, steps)
        g, single = np.concatenate(g64), np.concatenate(g32)
        record['losses'][loss] = {
            'float64': l64,
            'float32': l32,
            'gradient': {
                'norm': float(np.linalg.norm(g)),
                'normByParameter': [float(np.linalg.norm(p)) for p in g64],
                'projections': project(g),
                'relativeErrorOfFloat32': relative(single, g),
            },
        }
        print(file, loss, 'float32 gradient', relative(single, g), 'losses', max(abs(np.array(l32) - l64)))
    # Running statistics and inference come from the forward pass alone, the same for every loss.
    record['statistics'] = {'norm': float(np.linalg.norm(r64)), 'projections': project(r64)}
    record['inference'] = {'norm': float(np.linalg.norm(o64)), 'projections': project(o64)}
    print(file, 'float32 statistics', relative(r32, r64), 'inference', relative(o32, o64))
    with open(os.path.join(HERE, file), 'w') as out:
        json.dump(record, out)


ALL = ['l1', 'laplace', 'fixed-scale']
# A flipped ReLU moves the gradient of so few pixels by 1 %, and from the third step on one is flipped by rounding.
DEEP = ([16, 32, 64, 128, 256], 1, 2, 2, 64, 64, ALL, 1e-4, 2)
FIXTURES = {
    'small': (0, [16, 32], 1, 2, 2, 32, 32, ALL),
    'odd': (0, [16, 32, 64], 2, 2, 3, 24, 40, ['laplace']),
    'deep': (5, *DEEP),
    'clear': (0, [16, 32, 64, 128, 256], 1, 2, 2, 64, 64, ALL, 1e-3, STEPS, True),
    'full': (0, [16, 32, 64, 128, 256], 1, 2, 4, 256, 256, ['laplace'], 1e-4),
}
torch.set_num_threads(2)
if 'SEEDS' in os.environ:
    # Which seeds have no ReLU or |.| so near its kink that float32 falls on the other side.
    for seed in range(12):
        make('/tmp/fixture.json', seed, *DEEP)
else:
    for name in sys.argv[1:] or FIXTURES:
        make(f'{name}.json', *FIXTURES[name])
