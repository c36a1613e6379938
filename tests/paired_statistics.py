"""Estimates with 95 % intervals from what patients have, and differences whose patients are the same: each from its
paper. days[n] end with progression where progressed[n], and are censored elsewhere."""

import math

import numpy as np
import report_statistics

Z = report_statistics.Z


def share(has):
    """Wilson 1927."""
    return np.array(report_statistics.wilson(has, np.ones(len(has))))


def share_difference(first, second):
    """Newcombe 1998, method 10 of those for paired data."""
    if len(first) == 0:
        return np.full(3, math.nan)
    correlation = report_statistics.correlation_of(first, second)
    return np.array(report_statistics.newcombe(share(first), share(second), correlation))


def mean(values):
    if len(values) == 0:
        return np.full(3, math.nan)
    half = Z * np.std(values, ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return np.mean(values) + np.array([0, -half, half])


def curve(days, progressed, weights=None):
    """Kaplan and Meier 1958: times of events, survival beyond them, events and at risk; weights may be complex."""
    weights = np.ones(len(days)) if weights is None else weights
    times = np.unique(days[progressed])
    events = np.array([np.sum(weights[progressed & (days == time)]) for time in times])
    at_risk = np.array([np.sum(weights[days >= time]) for time in times])
    return times, np.cumprod(1 - events / at_risk), events, at_risk


def reading(days, progressed, day, is_mean, weights=None):
    """Survival on the day, or the area below the curve until then."""
    times, survival, _, _ = curve(days, progressed, weights)
    if not is_mean:
        return survival[times <= day][-1] if np.any(times <= day) else 1.0
    edges = np.concatenate([[0], times[times < day], [day]])
    return np.sum(np.diff(edges) * np.concatenate([[1], survival[times < day]]))


def seen_until(days, day):
    """The curve ends with the last patient seen: beyond that it stays as it is."""
    return min(day, np.max(days))


def survival_on(days, progressed, day):
    """Greenwood 1926, on the scale of Kalbfleisch and Prentice 1980."""
    if len(days) == 0:
        return np.full(3, math.nan)
    times, *rows = report_statistics.kaplan_meier(days, progressed, np.ones(len(days)), False)
    place = np.searchsorted(times, seen_until(days, day), side="right") - 1
    return np.array([row[place] for row in rows]) if place >= 0 else np.ones(3)


def restricted_mean(days, progressed, day):
    """Irwin 1949: variance from the areas beyond each event."""
    if len(days) == 0:
        return np.full(3, math.nan)
    day = seen_until(days, day)
    area = reading(days, progressed, day, True)
    times, survival, events, at_risk = curve(days, progressed)
    variance = 0
    for time, s, died, n in zip(times, survival, events, at_risk):
        if time <= day and n > died:
            beyond = area - reading(days, progressed, time, True)
            variance += beyond**2 * died / (n * (n - died))
    return area + np.array([0, -1, 1]) * Z * math.sqrt(variance)


def median(days, progressed):
    """Brookmeyer and Crowley 1982: where curve and limits come to one half."""
    if len(days) == 0:
        return np.full(3, math.nan)
    rows = sorted(set(days))
    limits = np.array([survival_on(days, progressed, time) for time in rows])
    found = []
    for part in range(3):
        heights, at = limits[:, part], math.inf
        for k, height in enumerate(heights):
            if height < 0.5 + 2**-26:
                lower = [j for j in range(k + 1, len(rows)) if heights[j] < height]
                at = rows[k] if height <= 0.5 - 2**-26 or not lower else (rows[k] + rows[lower[0]]) / 2
                break
        found.append(at)
    if np.all(np.isnan(limits[:, 1])):
        return np.array([found[0], math.nan, math.nan])
    if math.isinf(found[1]) and not math.isinf(found[0]):
        found[1] = math.nan
    return np.array(found)


def influences(days, progressed, day, is_mean):
    """What each patient moves the reading by: its derivative in the patient's weight, by a complex step."""
    step = 1e-30
    moved = np.empty(len(days))
    for i in range(len(days)):
        weights = np.ones(len(days), complex)
        weights[i] += step * 1j
        moved[i] = np.imag(reading(days, progressed, day, is_mean, weights)) / step
    return moved


def curve_difference(first, second, day, is_mean):
    """With the variance over patients, who are the same: the infinitesimal jackknife (Efron 1981)."""
    if len(first[0]) == 0:
        return np.full(3, math.nan)
    day = min(seen_until(first[0], day), seen_until(second[0], day))
    value = reading(*first, day, is_mean) - reading(*second, day, is_mean)
    moved = influences(*first, day, is_mean) - influences(*second, day, is_mean)
    if np.max(np.abs(moved)) < 1e-13:
        return np.array([value, math.nan, math.nan])
    return value + np.array([0, -1, 1]) * Z * math.sqrt(np.sum(moved**2))
