"""Reference fits of the T2 series by SciPy, independent of rhomap: run with /usr/bin/python3 in this folder.

Writes little-endian float32, one row per voxel of the mask in memory order (column fastest):
  nlls-reference.f32             T2 ms, S0, standard error of T2 ms   S = S0 exp(-t/T2)
  three-parameter-reference.f32  T2 ms, S0, offset                    S = S0 exp(-t/T2) + C
Each voxel is fitted from several starts with the tightest tolerances, and the best optimum is kept. Bounds on T2:
1 to 3000 ms; a voxel whose optimum lies at a bound is NaN.
"""
import json

import nibabel as nib
import numpy as np
from scipy.optimize import least_squares

DATA = '../../../examples/data/relaxometry-t2'
series = nib.load(f'{DATA}/t2.nii.gz').get_fdata()[:, :, 0, :]
mask = nib.load(f'{DATA}/t2_mask.nii.gz').get_fdata()[:, :, 0] > 0
te = 1000 * np.array(json.load(open(f'{DATA}/t2.json'))['EchoTime'])
voxels = series.transpose(1, 0, 2)[mask.T]  # nibabel gives [column, row, time]; rows of `voxels` follow memory order
LOW, HIGH = 1.0, 3000.0


def fit(y, with_offset):
    """Parameters are scaled to order 1: amplitude and offset by the largest signal, time as log."""
    scale = y.max()
    if scale <= 0:
        return [np.nan] * 3
    n = 3 if with_offset else 2

    def model(p):
        return p[0] * np.exp(-te * np.exp(-p[1])) + (p[2] if with_offset else 0)

    def jacobian(p):
        e = np.exp(-te * np.exp(-p[1]))
        columns = [e, p[0] * e * te * np.exp(-p[1])] + ([np.ones_like(te)] if with_offset else [])
        return np.stack(columns, 1)

    best = None
    for start_ms in (20, 60, 150, 600):
        solution = least_squares(
            lambda p: model(p) - y / scale, [1, np.log(start_ms), 0][:n], jacobian, method='trf',
            bounds=([0, np.log(LOW), -np.inf][:n], [np.inf, np.log(HIGH), np.inf][:n]),
            xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=2000)
        if best is None or solution.cost < best.cost * (1 - 1e-12):
            best = solution
    t2 = np.exp(best.x[1])
    if not LOW * 1.001 < t2 < HIGH * 0.999:
        return [np.nan] * 3
    if with_offset:
        return [t2, best.x[0] * scale, best.x[2] * scale]
    covariance = np.linalg.inv(best.jac.T @ best.jac) * 2 * best.cost / (len(te) - 2)
    return [t2, best.x[0] * scale, t2 * np.sqrt(covariance[1, 1])]


for name, with_offset in (('nlls', False), ('three-parameter', True)):
    table = np.array([fit(y, with_offset) for y in voxels])
    print(name, table.shape, 'NaN', np.isnan(table[:, 0]).sum(), 'median', np.nanmedian(table, 0))
    table.astype('<f4').tofile(f'{name}-reference.f32')
