"""The reference work of bench/reference-work.ts in PyTorch: `pytorch.py step|infer THREADS REPEATS`; one JSON line."""
import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTHS = [16, 32, 64, 128, 256]


def block(inputs, outputs):
    layers = []
    for i in (inputs, outputs):
        layers += [nn.Conv2d(i, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleList(block(i, o) for i, o in zip([1] + WIDTHS, WIDTHS))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for o, i in zip(WIDTHS, WIDTHS[1:]))
        self.decoder = nn.ModuleList(block(2 * o, o) for o in WIDTHS[:-1])
        self.head = nn.Conv2d(WIDTHS[0], 2, 1)

    def forward(self, x):
        skips = []
        for level, layers in enumerate(self.encoder):
            x = layers(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for level in reversed(range(len(WIDTHS) - 1)):
            x = self.decoder[level](torch.cat([skips[level], self.up[level](x)], 1))
        return self.head(x)


def laplace(output, target):
    mean, log_scale = output[:, :1], output[:, 1:]
    return (torch.exp(-log_scale) * (mean - target).abs() + log_scale).mean()


mode, threads, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)
model = Unet()
image = torch.randn(4, 1, 256, 256)
target = torch.randn(4, 1, 256, 256)
optimiser = torch.optim.Adam(model.parameters(), 1e-3)


def step():
    optimiser.zero_grad(set_to_none=True)
    loss = laplace(model(image), target)
    loss.backward()
    optimiser.step()
    return loss.item()


def infer():
    with torch.inference_mode():
        return model(image[:1])


if mode == 'infer':
    model.eval()
work = step if mode == 'step' else infer
wall, cpu = [], []
for _ in range(repeats + 1):
    a, b = time.perf_counter(), time.process_time()
    work()
    wall.append((time.perf_counter() - a) * 1e3)
    cpu.append((time.process_time() - b) * 1e3)
middle = lambda values: sorted(values[1:])[(len(values) - 1) // 2]
name = 'msPerStep' if mode == 'step' else 'msPerSlice'
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({name: middle(wall), 'bestMs': min(wall[1:]), 'cpuMsPerStep': middle(cpu), 'peakMb': peak}))
