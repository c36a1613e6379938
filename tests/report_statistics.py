"""Statistics of reports from their definitions, for tests: NumPy and SciPy alone."""

import math

import numpy as np
from scipy import stats

Z = stats.norm.ppf(0.975)


def effective_number(weights):
    return weights.sum() ** 2 / (weights**2).sum()


def wilson(has, weights):
    """Share and interval of the effective number of patients."""
    if len(has) == 0:
        return [math.nan] * 3
    n, p = effective_number(weights), np.average(has, weights=weights)
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    width = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return [p, max(middle - width, 0) if p > 0 else 0, min(middle + width, 1) if p < 1 else 1]


def survival_and_moves(day, event, weights):
    """Distinct times, survival, Greenwood's sums, and by time what a patient of weight 1 moves log survival by."""
    times = np.unique(day)
    survival, sums, moves = [], [], []
    total, moved, value = 0.0, np.zeros(len(day)), 1.0
    for time in times:
        at_risk, falls = weights[day >= time].sum(), weights[(day == time) & event].sum()
        nobody_left = time == times[-1] and event[day == time].all()
        left = 0 if nobody_left else at_risk - falls
        if falls > 0:
            value *= left / at_risk
        if falls > 0 and left > 0:
            total += falls / (at_risk * left)
            moved = moved + (day >= time) * falls / (at_risk * left) - ((day == time) & event) / left
        survival.append(value)
        sums.append(total)
        moves.append(moved)
    return times, np.array(survival), np.array(sums), np.array(moves)


def kaplan_meier(day, event, weights, weighted):
    """Times, survival and its log-log limits: Greenwood's or, with weights, the infinitesimal jackknife's."""
    times, survival, sums, moves = survival_and_moves(day, event, weights)
    error = np.sqrt((weights**2 * moves**2).sum(axis=1) if weighted else sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = Z * error / -np.log(survival)
        lower, upper = survival ** np.exp(width), survival ** np.exp(-width)
    none = (survival <= 0) | (survival >= 1)
    return times, survival, np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def read_curve(day, event, weights, until, mean):
    """Survival on a day, or its area up to then, and what each patient, with the weight, moves it by."""
    times, survival, _, moves = survival_and_moves(day, event, weights)
    reached = until <= times[-1] or survival[-1] == 0
    ends = np.append(times[1:], math.inf)
    if mean:
        widths = np.clip(np.minimum(ends, until) - times, 0, None)
    else:
        widths = ((times <= until) & (ends > until)).astype(float)
    alone = min(times[0], until) if mean else float(until < times[0])
    value = alone + survival @ widths
    return value if reached else math.nan, weights * ((survival * widths) @ moves)


def curves_difference(first, second, until, mean, paired):
    """First less second, each (patients, day, event, weights), with the variance over patients."""
    moves, value = {}, 0.0
    for sign, name, (patients, day, event, weights) in ((1, "a", first), (-1, "b", second)):
        read, moved = read_curve(day, event, weights, until, mean)
        value += sign * read
        for patient, move in zip(patients, moved):
            key = patient if paired else (name, patient)
            moves[key] = moves.get(key, 0.0) + sign * move
    error = math.sqrt(sum(move**2 for move in moves.values()))
    return [value, value - Z * error, value + Z * error] if error > 0 else [value, math.nan, math.nan]


def weighted_quantile(values, weights, part):
    """Akinshin 2023: with equal weights type 7."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order] / weights.sum()
    n = effective_number(weights)
    edges = np.concatenate([[0], np.cumsum(weights)])
    position = np.clip(edges * n - part * (n - 1), 0, 1)
    return (np.diff(position) * values).sum()


def area_of(values, responds, weights):
    """Every pair, and DeLong's interval from the components of each patient."""
    above, tied = (compare(values[responds][:, None], values[~responds]) for compare in (np.greater, np.equal))
    wins = above + tied / 2
    first, second = weights[responds], weights[~responds]
    of_first, of_second = wins @ second / second.sum(), first @ wins / first.sum()
    area = first @ of_first / first.sum()
    variance = 0.0
    for weight, component in ((first, of_first), (second, of_second)):
        n = effective_number(weight)
        if n <= 1:
            return [area, math.nan, math.nan]
        variance += ((weight / weight.sum() * (component - area)) ** 2).sum() * n / (n - 1)
    if variance < 1e-26:
        return [area, math.nan, math.nan]
    width = Z * math.sqrt(variance)
    return [area, max(area - width, 0), min(area + width, 1)]


def newcombe(first, second, correlation=0.0):
    """First less second, each a share with Wilson's limits: method 10."""
    (p, low, high), (q, lowest, highest) = first, second
    down = (p - low) ** 2 - 2 * correlation * (p - low) * (highest - q) + (highest - q) ** 2
    up = (high - p) ** 2 - 2 * correlation * (high - p) * (q - lowest) + (q - lowest) ** 2
    return [p - q, p - q - math.sqrt(down), p - q + math.sqrt(up)]


def correlation_of(x, y):
    """Newcombe's, with his continuity correction."""
    both, first, second, neither = (x & y).sum(), (x & ~y).sum(), (~x & y).sum(), (~x & ~y).sum()
    product = float((both + first) * (second + neither) * (both + second) * (first + neither))
    if product == 0:
        return 0.0
    top = float(both * neither - first * second)
    return (max(top - len(x) / 2, 0) if top > 0 else top) / math.sqrt(product)
