#!/usr/bin/python3
"""What share of the vector units' peak the batch engine reaches, and what the rest goes to (docs/performance.md).

gdb walks through one step of part A, eight patients in lanes of AVX-512, instruction by instruction. Counted are the
operations of each part: additions, subtractions, multiplications, divisions and square roots, of every lane one each,
a fused multiply-add two. vector_peak measures what the processor can do of each. A model of the processor then says
how long the same instructions would take if nothing but one thing held them up. Needs gdb and a processor with AVX-512.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

import common

# Parts of a step by the functions that do them, in the order of the table. What is in none belongs to the last one.
PARTS = {"right-hand sides": r"rates", "right-hand side and Jacobian": r"linearise",
         "factorisation": r"lu\d+_factor", "solutions": r"lu\d+_(forward|solve|backward)",
         "sums over stages, step control": r""}
# Of a core of Zen 5 (AMD's optimisation guide, publication 58455): what one cycle can take, and how many instructions
# may be under way.
PER_CYCLE = {"multiply": 2, "add": 2, "load": 2, "store": 1}
DISPATCHED, WINDOW = 8, 448
MULTIPLY_CYCLES, DIVIDE_CYCLES_EACH = 3, 4
SQUARE_ROOT = 1.5  # divisions
OTHER_NAMES = {"rax": "eax ax al", "rbx": "ebx bx bl", "rcx": "ecx cx cl", "rdx": "edx dx dl", "rsi": "esi si sil",
               "rdi": "edi di dil", "rbp": "ebp", "rsp": "esp",
               **{f"r{i}": f"r{i}d r{i}w r{i}b" for i in range(8, 16)}}
WHOLE = {short: name for name, shorts in OTHER_NAMES.items() for short in shorts.split()}
KINDS = (("multiply-add", r"vfn?m(add|sub)\w*[ps]d"), ("add", r"v(add|sub)[ps]d"), ("multiply", r"vmul[ps]d"),
         ("divide", r"vdiv[ps]d"), ("square root", r"vsqrt[ps]d"), ("move", r"vmov"), ("other vector", r"v(?!zero)"))
OPERATIONS = {"multiply-add": 2, "add": 1, "multiply": 1, "divide": 1, "square root": 1}
READ_ONLY = re.compile(r"cmp|test|v?u?comi|kortest|j|nop|prefetch|push|call|ret")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(common.SOURCE, "build", "bench"), metavar="FOLDER",
                        help="where to build, or where it was built (default build/bench)")
    parser.add_argument("--no-build", action="store_true", help="take the programs in the build folder as they are")
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON, too")
    return parser.parse_args()


# ---- Instructions ----------------------------------------------------------------------------------------------------

def operands(text):
    """AT&T operands; commas within brackets do not divide."""
    return [part.strip() for part in re.findall(r"(?:\([^)]*\)|\{[^}]*\}|[^,({])+", text)]


def registers(text):
    """Whole registers named in a text: xmm3, ymm3 and zmm3 are one."""
    names = re.findall(r"%(\w+)", text)
    return {WHOLE.get(name, re.sub(r"^[xyz]mm", "v", name)) for name in names} - {"rip", "fs"}


class Instruction:
    """What one instruction reads, writes and does."""

    def __init__(self, function, text):
        self.part = next(part for part, pattern in PARTS.items() if re.match(pattern, function))
        text = text.split("#")[0].split("<")[0].strip()
        self.name, _, rest = text.partition(" ")
        every = operands(rest)
        self.kind = next((kind for kind, pattern in KINDS if re.match(pattern, self.name)), "whole number")
        self.lanes = 1 if self.name.endswith("sd") else {"z": 8, "y": 4, "x": 2}.get(
            "".join(re.findall(r"%([xyz])mm", rest))[:1], 0)
        in_memory = [one for one in every if "(" in one]
        last = every[-1] if every else ""
        writes_nothing = READ_ONLY.match(self.name) is not None
        self.address = set().union(*map(registers, in_memory)) if in_memory else set()
        self.stores = "(" in last and not writes_nothing and not self.name.startswith("lea")
        moves = self.name.startswith(("mov", "v", "k", "set", "cmov"))
        self.loads = bool(in_memory) and not self.name.startswith(("lea", "nop", "prefetch")) and not (
            self.stores and moves)
        self.bytes = 64 if "zmm" in rest else 32 if "ymm" in rest else 16 if "xmm" in rest else 8
        self.reads, self.writes = self.find_registers(every, last, writes_nothing, moves)

    def find_registers(self, every, last, writes_nothing, moves):
        reads, writes = set().union(*map(registers, every[:-1])) if every else set(), set()
        if writes_nothing or self.stores:
            return reads | registers(last), writes
        target = registers(last.split("{")[0])
        keeps = "{%k" in last and "{z}" not in last  # a mask leaves some lanes as they were
        if self.kind == "multiply-add" or keeps or (self.kind == "whole number" and not moves
                                                    and not self.name.startswith("lea")):
            reads |= target
        reads |= registers(last) - target
        if re.match(r"v?p?xor", self.name) and len(set(every)) == 1:
            reads = set()  # a way to write zero
        return reads - self.address, target


def read_trace(program):
    """One step as a list of (instruction, address in memory or None)."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.json")
        script = os.path.join(common.BENCH, "count_operations_gdb.py")
        done = subprocess.run(["gdb", "-batch", "-nx", "-ex", f"source {script}", "--args", program, "batch",
                               "--patients", "8", "--seconds", "0"], capture_output=True, text=True, check=False,
                              env=dict(os.environ, ABSCOPAL_TRACE=path, OMP_NUM_THREADS="1"))
        if not os.path.exists(path):
            sys.exit(f"gdb: {done.stderr[-2000:]}")
        with open(path, encoding="utf-8") as file:
            step = json.load(file)
    known = {int(counter): Instruction(*which) for counter, which in step["instructions"].items()}
    trace, before = [], None
    for counter, address in step["trace"]:
        # gdb stops at each round of a repeated move of bytes.
        if not (counter == before and known[counter].name.startswith("rep")):
            trace.append((known[counter], address))
        before = counter
    return trace


# ---- Counts ----------------------------------------------------------------------------------------------------------

def count(trace):
    """Of each part: instructions by kind, operations, bytes loaded and stored."""
    counts = {part: collections.Counter() for part in PARTS}
    for one, _ in trace:
        counter = counts[one.part]
        counter["instructions"] += 1
        counter[one.kind] += 1
        counter["operations"] += OPERATIONS.get(one.kind, 0) * one.lanes
        if one.kind != "whole number":
            counter["vector loads"] += one.loads
            counter["vector stores"] += one.stores
    return counts


def lines_touched(trace):
    return len({address // 64 for one, address in trace if address is not None and (one.loads or one.stores)})


def loads_of_new_values(trace, stores_back=64):
    """Vector loads of what one of the last so many stores has written, which is not in the cache yet."""
    place, stores, loads = {}, 0, 0
    for one, address in trace:
        if one.kind == "whole number" or address is None:
            continue
        if one.loads and stores - place.get(address // 64, -stores_back - 1) < stores_back:
            loads += 1
        if one.stores:
            stores += 1
            place[address // 64] = stores
    return loads


# ---- A model of the processor ----------------------------------------------------------------------------------------

class Model:
    """When each instruction of a trace is done, in cycles, on a processor that predicts every branch and has all data
    at hand. `units` false: as many of every unit as wanted; `window` false: any number of instructions under way."""

    def __init__(self, peak, units, window):
        cycle = peak["cycle_ns"]
        self.units, self.window = units, window
        self.new_value = peak["store_and_load_in_chain_ns"] / cycle
        divide = peak["divide_in_chain_ns"] / cycle
        self.cycles = {"multiply-add": peak["multiply_add_in_chain_ns"] / cycle, "multiply": MULTIPLY_CYCLES,
                       "add": peak["add_in_chain_ns"] / cycle, "divide": divide, "square root": SQUARE_ROOT * divide,
                       "move": 0, "other vector": 1, "whole number": 1}
        self.taken = collections.defaultdict(collections.Counter)

    def unit_free(self, unit, ready):
        """The first cycle from `ready` on in which the unit takes one more instruction."""
        if not self.units:
            return ready
        taken, at = self.taken[unit], int(ready + 0.999)
        while taken[at] >= PER_CYCLE[unit]:
            at += 1
        taken[at] += 1
        return max(ready, at)

    def start(self, kind, ready):
        if kind in ("multiply-add", "multiply"):
            return self.unit_free("multiply", ready)
        if kind == "add":
            return self.unit_free("add", ready)
        if kind in ("divide", "square root") and self.units:
            ready = max(ready, self.divider_free)
            self.divider_free = ready + DIVIDE_CYCLES_EACH
        return ready

    def run(self, trace):
        known, stored, retired, last = collections.defaultdict(float), {}, [], 0.0
        self.divider_free = 0.0
        for i, (one, address) in enumerate(trace):
            begun = i / DISPATCHED if self.window else 0.0
            if self.window and i >= WINDOW:
                begun = max(begun, retired[i - WINDOW])
            ready = max([begun] + [known[register] for register in one.reads])
            addressed = max([begun] + [known[register] for register in one.address])
            if one.loads and address is not None:
                loaded = self.unit_free("load", addressed)
                ready = max(ready, loaded, stored.get(address // one.bytes, -1e9) + self.new_value)
            done = self.start(one.kind, ready) + self.cycles[one.kind]
            if one.stores and address is not None:
                done = self.unit_free("store", max(done, addressed))
                stored[address // one.bytes] = done
            for register in one.writes:
                known[register] = done
            last = max(last, done)
            retired.append(last)
        return last


def held_up_by(trace, peak, total):
    """Nanoseconds of one step if only one thing held it up."""
    cycle = peak["cycle_ns"]
    arithmetic = total["multiply-add"] + total["multiply"] + total["add"]
    return {
        "operations at the peak": total["operations"] / 32 * cycle,
        "multiplications and additions": arithmetic * peak["multiply_add_ns"],
        "divisions and square roots": (total["divide"] + SQUARE_ROOT * total["square root"]) * peak["divide_ns"],
        "vector loads": total["vector loads"] * peak["load_ns"],
        "vector stores": total["vector stores"] * peak["store_ns"],
        "instructions, eight a cycle": total["instructions"] / DISPATCHED * cycle,
        "results that wait for results": Model(peak, False, False).run(trace) * cycle,
        "these together": Model(peak, True, False).run(trace) * cycle,
        f"and {WINDOW} instructions under way": Model(peak, True, True).run(trace) * cycle,
    }


# ---- What comes out --------------------------------------------------------------------------------------------------

def measured_step(options):
    """By `abscopal bench`: ns of a step of all lanes, by itself, and of the whole run divided by its steps."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bench.json")
        common.run([common.program(options, "../abscopal"), "bench", "--engine", "batch", "--threads", "1", "--quiet",
                    "--json", path])
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    engine = found["engines"][0]
    if engine["instructions"] != "AVX-512":
        sys.exit(f"the engine uses {engine['instructions']}, not AVX-512")
    whole = 1e6 * found["measurements"][0]["processor_ms_per_patient"]["median"] * engine["lanes"]
    return engine["ns_per_attempt"] * engine["lanes"], whole / engine["work_per_course"]["attempts"]


def print_counts(counts, total):
    columns = ("instructions", "multiply-add", "multiply", "add", "divide", "square root", "move", "other vector",
               "whole number", "vector loads", "vector stores", "operations")
    print("| part | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
    for part, counter in [*counts.items(), ("all", total)]:
        print(f"| {part} | " + " | ".join(str(counter[column]) for column in columns) + " |")


def main():
    options = parse()
    common.build(options)
    machine = common.machine()
    common.print_machine(machine)
    peak = json.loads(common.run([common.program(options, "vector_peak")]))
    step_ns, whole_ns = measured_step(options)
    trace = read_trace(common.program(options, "engines"))
    counts = count(trace)
    total = sum(counts.values(), collections.Counter())
    print("\nprocessor, ns: " + ", ".join(f"{key[:-3].replace('_', ' ')} {value:.3f}" for key, value in peak.items()))
    gigaflops = 32 / peak["cycle_ns"]
    print(f"peak: 2 fused multiply-adds of 8 numbers a cycle of {1 / peak['cycle_ns']:.2f} GHz, {gigaflops:.0f} "
          f"operations a ns (measured {16 / peak['multiply_add_ns']:.0f})\n")
    print_counts(counts, total)
    kilobytes = lines_touched(trace) * 64 / 1024
    new = loads_of_new_values(trace)
    print(f"\n{kilobytes:.0f} KB of memory are touched; {new} of {total['vector loads']} vector loads want what one of "
          "the last 64 stores has written\n")
    bounds = held_up_by(trace, peak, total)
    print("| what holds up a step | ns |\n| --- | ---: |")
    for what, nanoseconds in [*bounds.items(), ("measured, a step by itself", step_ns),
                              ("measured, the whole run for each step", whole_ns)]:
        print(f"| {what} | {nanoseconds:.0f} |")
    share = total["operations"] / step_ns / gigaflops
    print(f"\na step reaches {total['operations'] / step_ns:.1f} operations a ns, {100 * share:.0f} % of the peak; the "
          f"whole run {100 * total['operations'] / whole_ns / gigaflops:.0f} %")
    common.write_json(options.json, {"machine": machine, "peak": peak, "counts": counts, "kilobytes": kilobytes,
                                     "loads_of_new_values": new, "held_up_ns": bounds, "step_ns": step_ns,
                                     "whole_ns": whole_ns, "share_of_peak": share})


if __name__ == "__main__":
    main()
