"""Statistics by SciPy that the tests of src/evaluate compare with. Run: /usr/bin/python3 make-scipy.py > scipy.json"""
import json
import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20260)
n = 40
x = np.round(43 + 5 * rng.standard_normal(n), 3)
y = np.round(0.97 * x + 1.5 + 1.2 * rng.laplace(size=n), 3)
ties = np.round(x / 4) * 4
skewed = np.round(rng.exponential(size=25), 4)

t = stats.ttest_rel(y, x)
ci = t.confidence_interval() if hasattr(t, "confidence_interval") else stats.t.interval(
    0.95, n - 1, loc=np.mean(y - x), scale=stats.sem(y - x))
line = stats.linregress(x, y)
boot = {
    method: list(stats.bootstrap((skewed,), np.mean, n_resamples=200000, method=method, random_state=1,
                                 batch=20000).confidence_interval)
    for method in ("percentile", "BCa")
}
print(json.dumps({
    "scipy": scipy.__version__,
    "x": x.tolist(), "y": y.tolist(), "ties": ties.tolist(), "skewed": skewed.tolist(),
    "pairedT": {"t": t.statistic, "p": t.pvalue, "interval": list(ci)},
    "regression": {"slope": line.slope, "intercept": line.intercept, "slopeStandardError": line.stderr,
                   "pearsonR": line.rvalue, "p": line.pvalue},
    "spearman": stats.spearmanr(ties, y)[0],
    "ranks": stats.rankdata(-ties).tolist(),
    "bootstrap": boot,
    "studentTwoSidedP": [[t, df, 2 * stats.t.sf(t, df)] for t in (0.1, 1, 2.1, 5, 9.3, 20) for df in (1, 2, 16, 50, 152)],
    "studentQuantile": [[p, df, stats.t.ppf(p, df)] for p in (0.75, 0.975, 0.995) for df in (1, 2, 3, 16, 50, 152, 1e6)],
    "normalQuantile": [[p, stats.norm.ppf(p)] for p in (1e-6, 0.001, 0.025, 0.3, 0.5, 0.9, 0.9999)],
    "normalCdf": [[z, stats.norm.cdf(z)] for z in (-5, -3, -1, 0, 0.5, 2, 4)],
}, indent=1))
