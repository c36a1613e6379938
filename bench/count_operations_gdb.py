"""Runs inside gdb, for count_operations.py: walks through one step of the batch engine instruction by instruction and
writes down which were executed, and where in memory they looked."""
import json
import os
import re

import gdb

SKIPPED_STEPS = 2000  # the program first runs one patient alone, with some 1200 steps; then all lanes are filled
MOST_STEPS = 20
OPERAND = re.compile(r"(-?0x[0-9a-f]+|-?\d+)?\((%\w+)?(?:,(%\w+)(?:,(\d))?)?\)")


def address_of(text):
    """Of the operand in memory, or None when there is none. Prefetches and lea have none that counts."""
    match = OPERAND.search(text)
    if match is None or text.startswith(("lea", "nop", "prefetch", "data16", "cs nop")):
        return None
    offset, base, index, scale = match.groups()
    if base == "%rip":
        return int(re.search(r"# (0x[0-9a-f]+)", text).group(1), 16)
    frame = gdb.selected_frame()
    address = int(offset or "0", 0)
    for register, factor in ((base, 1), (index, int(scale or 1))):
        if register is not None:
            address += factor * int(frame.read_register(register[1:]))
    return address % 2**64


def function_at(counter):
    text = gdb.execute(f"info symbol {counter}", to_string=True)
    return text.split()[0] if " in section" in text else "?"


def walk(start):
    """One step, from the entry of linearise to the next one."""
    instructions, trace, texts = {}, [], {}
    architecture = gdb.selected_frame().architecture()
    counter = start
    while not trace or counter != start:
        if counter not in texts:
            texts[counter] = architecture.disassemble(counter)[0]["asm"]
            instructions[counter] = (function_at(counter), texts[counter])
        trace.append((counter, address_of(texts[counter])))
        gdb.execute("stepi", to_string=True)
        counter = int(gdb.selected_frame().pc())
    return {"instructions": instructions, "trace": trace}


def main():
    gdb.execute("set pagination off")
    gdb.execute("set disassembly-flavor att")
    gdb.execute("break linearise", to_string=True)
    gdb.execute(f"ignore 1 {SKIPPED_STEPS}", to_string=True)
    gdb.execute("run", to_string=True)
    gdb.execute("delete", to_string=True)
    start = int(gdb.selected_frame().pc())
    for _ in range(MOST_STEPS):
        step = walk(start)
        # A step after which something is reported, such as an output, leads out of the arithmetic.
        if all(function != "batch_run" for function, _ in step["instructions"].values()):
            with open(os.environ["ABSCOPAL_TRACE"], "w", encoding="utf-8") as file:
                json.dump(step, file)
            return
    print(f"no step without a report among {MOST_STEPS}")


main()
