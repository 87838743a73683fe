"""Reference values of the Rice distribution from SciPy: run with /usr/bin/python3 in this folder; prints reference.json."""
import json

import numpy as np
from scipy import integrate, special, stats
from scipy.optimize import minimize

bessel = [[z, float(np.log(special.ive(0, z)) + z), float(special.ive(1, z) / special.ive(0, z))]
          for z in (0.0, 1e-8, 1e-3, 0.5, 1, 3.75, 10, 19.999, 20, 20.001, 50, 700, 1e6)]
rice = []
for sigma in (0.5, 12.0):
    for amplitude in (0.0, 0.3, 2.0, 40.0, 900.0):
        b = amplitude / sigma
        m = sigma * (0.4 + b)
        # SciPy's own moments overflow for a strong signal: the density is integrated instead.
        low, high = max(0, amplitude - 14 * sigma), amplitude + 14 * sigma
        mean, second = (integrate.quad(lambda x: x**k * stats.rice.pdf(x, b, scale=sigma), low, high,
                                       epsabs=0, epsrel=1e-12, points=[amplitude + sigma], limit=500)[0]
                        for k in (1, 2))
        rice.append([amplitude, sigma, m, float(stats.rice.logpdf(m, b, scale=sigma)), mean, second - mean**2])

# Maximum-likelihood decays: [signals], sigma, T ms, S0, from a simplex with restarts on SciPy's density.
rng = np.random.default_rng(1)
tsl = np.array([0, 10, 30, 50, 70.0])
fits = []
while len(fits) < 40:
    time, sigma = rng.uniform(20, 60), float(rng.choice([10, 60, 120]))
    clean = 1000 * np.exp(-tsl / time)
    y = np.round(np.hypot(clean + sigma * rng.normal(size=5), sigma * rng.normal(size=5)), 2)

    def cost(p):
        return -stats.rice.logpdf(y, np.exp(p[0] - tsl * np.exp(-p[1])) / sigma, scale=sigma).sum()

    best = min((minimize(cost, [np.log(y.max()), np.log(start)], method='Nelder-Mead',
                         options={'xatol': 1e-10, 'fatol': 1e-13, 'maxiter': 5000}) for start in (5, 20, 45, 120)),
               key=lambda solution: solution.fun)
    if 2 < np.exp(best.x[1]) < 900:
        fits.append([y.tolist(), sigma, float(np.exp(best.x[1])), float(np.exp(best.x[0]))])
print(json.dumps({'bessel': bessel, 'rice': rice, 'tslMs': tsl.tolist(), 'fits': fits}))
