"""CASA for one pixel and one year, number by number, written from the published equations.

It shares nothing with the package: plain floats, `math`, one loop over the months. Slow on purpose.
"""

import math

NAN = float("nan")
TERMS = ("fpar", "apar", "t1", "t2", "ep0", "eet", "pet", "water", "epsilon", "npp")

SOIL = {  # (texture, tree): wilting point mm, field capacity mm, alpha, beta
    ("coarse", False): (81.0, 202.0, 0.002, -5.48),
    ("coarse", True): (203.0, 506.0, 0.002, -5.48),
    ("coarse_medium", False): (129.0, 232.0, 0.002, -6.54),
    ("coarse_medium", True): (258.0, 463.0, 0.002, -6.54),
    ("medium", False): (220.0, 393.0, 0.013, -6.57),
    ("medium", True): (338.0, 604.0, 0.013, -6.57),
    ("medium_fine", False): (270.0, 405.0, 0.006, -9.47),
    ("medium_fine", True): (433.0, 647.0, 0.006, -9.47),
    ("fine", False): (275.0, 363.0, 0.004, -13.8),
    ("fine", True): (472.0, 622.0, 0.004, -13.8),
}


def fpar(ndvi, low, high, form):
    """One month's FPAR."""
    if any(math.isnan(v) for v in (ndvi, low, high)):
        return NAN
    ndvi = min(max(ndvi, low), high)
    linear = (ndvi - low) / (high - low) * (0.95 - 0.001) + 0.001
    sr, sr_low, sr_high = ((1 + v) / (1 - v) for v in (ndvi, low, high))
    ratio = (sr - sr_low) / (sr_high - sr_low) * (0.95 - 0.001) + 0.001
    return {"ndvi": linear, "sr": ratio, "mean": 0.5 * ratio + 0.5 * linear}[form]


def te1(t, topt):
    """One month's first temperature scalar."""
    if math.isnan(t) or math.isnan(topt):
        return NAN
    return 0.0 if t <= -10 else 0.8 + 0.02 * topt - 0.0005 * topt**2


def te2(t, topt, constant, half_rule):
    """One month's second temperature scalar."""
    if math.isnan(t) or math.isnan(topt):
        return NAN

    def curve(x):
        return constant / (1 + math.exp(0.2 * (topt - 10 - x))) / (1 + math.exp(0.3 * (-topt - 10 + x)))

    if half_rule and (t > topt + 10 or t < topt - 13):
        return 0.5 * curve(topt)
    return curve(t)


def ep0_year(temperatures):
    """Thornthwaite's demand of the 12 months [mm]."""
    index = 0.0
    for t in temperatures:
        if math.isnan(t):
            index = NAN
        elif t > 0:
            index += (t / 5) ** 1.514
    a = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    year = []
    for t in temperatures:
        if math.isnan(t):
            year.append(NAN)
        elif t <= 0:
            year.append(0.0)
        elif t >= 26.5:
            year.append(-415.85 + 32.24 * t - 0.43 * t**2)
        else:
            year.append(16 * (10 * t / index) ** a)
    return year


def zhou_zhang(ep0, p):
    """EET, PET, We of one month."""
    if math.isnan(ep0) or math.isnan(p):
        return NAN, NAN, NAN
    rn = 0.369 * math.sqrt(ep0 * p) + 0.598 * ep0
    eet = 0.0 if p == 0 else p * rn * (p**2 + rn**2 + p * rn) / ((p + rn) * (p**2 + rn**2))
    pet = (eet + ep0) / 2
    if ep0 == 0:
        return eet, pet, 1.0 if p > 0 else 0.5
    return eet, pet, 0.5 + 0.5 * min(1.0, eet / pet)


def bucket_year(temperatures, ep0, precipitation, texture, tree, years=1000):
    """EET and We of the last of many equal years."""
    if any(math.isnan(v) for v in (*temperatures, *ep0, *precipitation)):
        return [NAN] * 12, [NAN] * 12
    wp, fc, alpha, beta = SOIL[texture, tree]
    sm, pack, we_before = wp, 0.0, 1.0
    for _ in range(years):
        eets, wes = [], []
        for t, pet, p in zip(temperatures, ep0, precipitation, strict=True):
            rdr = 1.0 if p > pet else (1 + alpha) / (1 + alpha * (sm / fc) ** beta)
            if t < 0:
                pack, available = pack + p, 0.0
            else:
                pack, available = 0.0, p + pack
            eet = pet if available >= pet else min(available + (pet - available) * rdr, available + sm - wp)
            sm = min(sm + available - eet, fc)
            if pet > 0:
                we_before = 0.5 + 0.5 * eet / pet
            eets.append(eet)
            wes.append(we_before)
    return eets, wes


def year(ndvi, temperature, precipitation, sol, low, high, epsilon_max, topt, **choices):
    """Every term of one year as lists of 12, under the names of the package's result."""
    form = choices.get("fpar", "mean")
    water = choices.get("water", "zhou_zhang")
    out = {name: [] for name in TERMS}
    out["ep0"] = ep0_year(temperature)
    if water == "bucket":
        out["eet"], out["water"] = bucket_year(
            temperature,
            out["ep0"],
            precipitation,
            choices.get("soil_texture", "medium"),
            choices.get("tree", False),
        )
        out["pet"] = out["ep0"]
    else:
        months = [zhou_zhang(e, p) for e, p in zip(out["ep0"], precipitation, strict=True)]
        out["eet"], out["pet"], out["water"] = (list(column) for column in zip(*months, strict=True))
    if water == "none":
        out["water"] = [1.0] * 12
    for m in range(12):
        out["fpar"].append(fpar(ndvi[m], low, high, form))
        out["apar"].append(sol[m] * out["fpar"][m] * 0.5)
        out["t1"].append(te1(temperature[m], topt))
        out["t2"].append(
            te2(temperature[m], topt, choices.get("te2_constant", 1.184), choices.get("half_rule", True))
        )
        out["epsilon"].append(epsilon_max * out["t1"][m] * out["t2"][m] * out["water"][m])
        out["npp"].append(out["apar"][m] * out["epsilon"][m])
    return out
