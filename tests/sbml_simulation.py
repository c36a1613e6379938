"""Simulates a document that sbml_reading has read, with SciPy: from event to event, as SBML has them."""

import re

import numpy as np
import scipy.integrate

AT_TIME = re.compile(r"\(time >= ([0-9.e+-]+)\)$")


class Simulation:
    """The course of all values; `method` and tolerances are those of scipy.integrate.solve_ivp. Its LSODA comes to a halt
    in some segments of these models, taking ever more steps of no length."""

    def __init__(self, reading, relative_tolerance, absolute_tolerance, method="BDF"):
        self.reading = reading
        self.values = dict(reading.values)
        self.options = {"method": method, "rtol": relative_tolerance, "atol": absolute_tolerance}
        self.fired = set()

    def quantities(self, time, state):
        """Every value at a time, those that follow from the state too."""
        rates, found = self.reading.rates({**self.values, "time": time})
        rates(state, settled=float)
        return {**self.values, **dict(zip(self.reading.states, state)), **found, "time": time}

    def fire(self, time, state):
        """Events whose trigger became true, until none does."""
        while True:
            values = self.quantities(time, state)
            due = [event for event in self.reading.events
                   if event["id"] not in self.fired and eval(event["trigger"], values)]
            if not due:
                return state
            changes = {}
            for event in due:
                self.fired.add(event["id"])
                for name, formula in event["assignments"].items():
                    if name in changes:
                        raise ValueError(f"{name} is set by two events at once")
                    changes[name] = eval(formula, values)
            self.values.update(changes)
            state = np.array([changes.get(name, value) for name, value in zip(self.reading.states, state)])

    def segment(self, begin, end, state, days):
        """From one time to the next, or to where a trigger that names no time becomes true."""
        rates, quantities = self.reading.rates(self.values)
        names = self.reading.states
        crossings = []
        for event in self.reading.events:
            found = re.match(r"\((\w+) < ([0-9.e+-]+)\)$", event["condition"])
            if found and event["id"] not in self.fired:
                crossings.append(lambda t, y, i=names.index(found[1]), limit=float(found[2]): y[i] - limit)
                crossings[-1].terminal, crossings[-1].direction = True, -1
        result = scipy.integrate.solve_ivp(lambda t, y: rates(y), (begin, end), state, dense_output=True,
                                           events=crossings, **self.options)
        if not result.success:
            raise ArithmeticError(result.message)
        reached = result.t[-1]
        outputs = [(day, result.sol(day)) for day in days if begin < day < reached]
        return reached, result.y[:, -1], outputs

    def run(self, days):
        """Values on these days, from 0 on, after the events of each."""
        times = sorted({float(found[1]) for event in self.reading.events
                        if (found := AT_TIME.match(event["condition"]))})
        state = self.fire(0.0, np.array([self.values[name] for name in self.reading.states]))
        day, found = 0.0, [self.quantities(0.0, state)]
        while day < days[-1]:
            stop = min([time for time in times if time > day] + [days[-1]])
            reached, state, outputs = self.segment(day, stop, state, days)
            found += [self.quantities(*output) for output in outputs]
            if reached < stop:
                for index, name in enumerate(self.reading.states):  # the root is found to rounding
                    if name.endswith("_cancer_cells") and abs(state[index] - 0.9) < 1e-6:
                        state[index] = 0.9 * (1 - 1e-12)
            day = reached
            state = self.fire(day, state)
            if day in days:
                found.append(self.quantities(day, state))
        return found
