"""Least-squares T1rho the usual ways in Python, on one core: python3 fit-rivals.py SIGNAL.f32 TSL,TSL,… prints JSON.

SIGNAL.f32: float32 [time, voxel]. SciPy's curve_fit runs voxel by voxel with an analytic Jacobian and a log-linear
start; the NumPy fit is Gauss-Newton in (S0, R) on all voxels at once, from a log-linear start, for eight steps.
"""
import json
import sys
import time

import numpy as np
from scipy.optimize import curve_fit

tsl = np.array([float(t) for t in sys.argv[2].split(',')])
signal = np.fromfile(sys.argv[1], np.float32).reshape(len(tsl), -1)


def log_linear(y):
    logs = np.log(np.maximum(y, 1e-3))
    centred = (tsl - tsl.mean())[:, None]
    rate = -(centred * logs).sum(0) / (centred**2).sum()
    return np.exp(logs.mean(0) + rate * tsl.mean()), np.clip(rate, 1e-3, 1)


def gauss_newton(y):
    y = y.astype(np.float64)
    s0, rate = log_linear(y)
    t = tsl[:, None]
    for _ in range(8):
        e = np.exp(-rate * t)
        slope = -s0 * t * e
        residual = y - s0 * e
        aa, ab, bb = (e * e).sum(0), (e * slope).sum(0), (slope * slope).sum(0)
        a, b = (e * residual).sum(0), (slope * residual).sum(0)
        determinant = aa * bb - ab * ab
        s0 = s0 + (bb * a - ab * b) / determinant
        rate = np.clip(rate + (aa * b - ab * a) / determinant, 1e-3, 1)
    return s0, rate


def model(t, s0, rate):
    return s0 * np.exp(-rate * t)


def jacobian(t, s0, rate):
    e = np.exp(-rate * t)
    return np.stack([e, -s0 * t * e], 1)


few = signal[:, :4000].astype(np.float64)
starts = np.stack(log_linear(few), 1)
begin = time.perf_counter()
for voxel in range(few.shape[1]):
    curve_fit(model, tsl, few[:, voxel], p0=starts[voxel], jac=jacobian)
scipy_speed = few.shape[1] / (time.perf_counter() - begin)

speeds = []
for _ in range(3):
    begin = time.perf_counter()
    times = [1 / gauss_newton(signal[:, i:i + 16384])[1] for i in range(0, signal.shape[1], 16384)]
    speeds.append(signal.shape[1] / (time.perf_counter() - begin))
print(json.dumps({
    'scipyCurveFitVoxelsPerSecond': round(scipy_speed),
    'numpyGaussNewtonVoxelsPerSecond': round(max(speeds)),
    'medianMs': float(np.median(np.concatenate(times))),
}))
