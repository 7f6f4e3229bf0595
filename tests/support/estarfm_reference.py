"""ESTARFM written as its equations: float64, one target after the other. The oracle of the fast kernel."""

import numpy as np
from scipy import stats


def predict(
    fine_m,
    coarse_m,
    fine_n,
    coarse_n,
    coarse_p,
    *,
    window=51,
    classes=4,
    scale=1.0,
    valid_range=(-1, 1),
    extrapolate=True,
    targets=None,
):
    """Float64 counterpart of `nppdrivers.estarfm.predict`."""
    fine = np.array([fine_m, fine_n], np.float64)
    coarse = np.array([coarse_m, coarse_n], np.float64)
    coarse_p = np.asarray(coarse_p, np.float64)
    valid = np.isfinite(fine).all((0, 1)) & np.isfinite(coarse).all((0, 1))
    limit = 2 * fine[:, :, valid].std(axis=2, ddof=1) / classes
    likeness = similarity(fine, coarse)
    out = np.full(coarse_p.shape, np.nan)
    height, width = valid.shape
    half = window // 2
    wanted = valid if targets is None else valid & targets
    for y, x in np.argwhere(wanted):
        rows = slice(max(0, y - half), min(height, y + half + 1))
        columns = slice(max(0, x - half), min(width, x + half + 1))
        yy, xx = np.mgrid[rows, columns]
        distance = 1 + np.hypot(yy - y, xx - x) / half
        near = valid[rows, columns]
        f, c = fine[:, :, rows, columns], coarse[:, :, rows, columns]
        with np.errstate(invalid="ignore"):
            close = np.abs(f - fine[:, :, y : y + 1, x : x + 1]) < limit[:, :, None, None]
        similar = near & close.all((0, 1))
        similar[y - rows.start, x - columns.start] = True
        weight = 1 / ((1 - likeness[rows, columns]) * distance + 1e-7)
        for p, image in enumerate(coarse_p):
            present = np.isfinite(image[:, rows, columns]).all(0)
            if not np.isfinite(image[:, y, x]).all():
                continue
            for b in range(len(image)):
                out[p, b, y, x] = one_value(
                    fine[:, b, y, x],
                    f[:, b],
                    c[:, b],
                    image[b, rows, columns],
                    near,
                    similar,
                    present,
                    weight,
                    scale,
                    valid_range,
                    extrapolate,
                )
    return out


def similarity(fine, coarse):
    """R of each pixel: correlation over bands and dates, or the normalised differences of one band."""
    with np.errstate(all="ignore"):
        if fine.shape[1] == 1:
            r = 1 - 0.5 * np.abs((fine - coarse) / (fine + coarse)).sum((0, 1))
        else:
            f, c = (a.reshape(-1, *a.shape[2:]) for a in (fine, coarse))
            f, c = f - f.mean(0), c - c.mean(0)
            r = (f * c).sum(0) / np.sqrt((f * f).sum(0) * (c * c).sum(0))
            r = np.clip(r, -1, 1)
    return np.where(np.isnan(r), 0.5, r)


def slope(f, c, scale):
    """V of the similar pixels: f, c (2, n)."""
    n = f.shape[1]
    if abs(c[0].mean() - c[1].mean()) < 0.02 * scale:
        return 1.0
    x, y = c.ravel(), f.ravel()
    sxx, sxy, syy = (
        ((x - x.mean()) ** 2).sum(),
        ((x - x.mean()) * (y - y.mean())).sum(),
        ((y - y.mean()) ** 2).sum(),
    )
    v = sxy / sxx
    error = (syy - v * sxy) / (2 * n - 2)
    return v if 0 < v <= 5 and v * sxy >= stats.f.ppf(0.95, 1, 2 * n - 2) * error else 1.0


def one_value(f_0, f, c, c_p, near, similar, present, weight, scale, valid_range, extrapolate):
    """One date, one band, one target: f_0 (2,), f and c (2, rows, columns)."""
    both, used = near & present, similar & present
    change = np.array([c_p[both].mean() - c[k][both].mean() for k in (0, 1)])
    share = 1 / (np.abs(change) + 1e-10)
    share /= share.sum()
    if similar.sum() <= 5:
        step = change
    else:
        v = slope(f[:, similar], c[:, similar], scale)
        mean_m, mean_n, mean_p = (np.average(image[used], weights=weight[used]) for image in (*c, c_p))
        step = np.array([mean_p - mean_m, mean_p - mean_n])
        reach = np.inf if extrapolate else abs(mean_n - mean_m)
        within = np.clip(step, -reach, reach)
        step = v * within + (step - within)
    value = (share * (f_0 + step)).sum()
    if not valid_range[0] <= value <= valid_range[1]:
        w = weight[similar] / weight[similar].sum()
        value = (share * [(w * f[k][similar]).sum() for k in (0, 1)]).sum()
    return value
