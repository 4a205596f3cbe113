# What two other implementations of PRIM make of the table of prim_test.go. It writes
# boxes.json, which the test reads:
#
#	python3 -m venv /tmp/venv && /tmp/venv/bin/pip install ema_workbench==2.5.3 prim==1.0.0
#	/tmp/venv/bin/python reformcycle/simulation/testdata/boxes.py > reformcycle/simulation/testdata/boxes.json
#
# ema_workbench: Kwakkel JH. Environ Model Softw 2017;96:239-250. prim: D. Hadka's
# stand-alone version of the same.
import json
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")

MASK = (1 << 64) - 1


def words(n):
    """SplitMix64 from 1."""
    state = 1
    for _ in range(n):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def table(rows=600, columns=6):
    """Even numbers from 0 to 1, but for a column of whole months from 1 to 12. Two
    boxes in which nine in ten are hits, and one in ten elsewhere."""
    draw = (w >> 11 for w in words(rows * (columns + 1)))
    x, y = [], []
    for _ in range(rows):
        row = [next(draw) / 2**53 for _ in range(columns)]
        row[3] = float(1 + int(row[3] * 12))
        dense = row[1] > 0.6 and row[3] >= 5 or row[0] < 0.2 and row[4] > 0.3
        x.append(row)
        y.append(next(draw) / 2**53 < (0.9 if dense else 0.1))
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(columns)]), np.array(y, dtype=int)


def ema(x, y, boxes):
    from ema_workbench.analysis import prim

    found = []
    algorithm = prim.Prim(x, y, threshold=0.1, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05)
    for _ in range(boxes):
        box = algorithm.find_box()
        steps = []
        for i, step in box.peeling_trajectory.iterrows():
            limits, quasi = {}, {}
            for name, p in box.qp[i].items():
                low, high = box.box_lims[i][name]
                limits[name] = [low if p[0] >= 0 else None, high if p[1] >= 0 else None]
                quasi[name] = [v if v >= 0 else None for v in p]
            steps.append({"n": int(step.n), "hits": int(step.k), "coverage": step.coverage, "density": step.density,
                          "mass": step.mass, "restricted": int(step.res_dim), "limits": limits, "quasi": quasi})
        found.append(steps)
    return found


def stand_alone(x, y):
    import prim

    box = prim.Prim(x, y.astype(bool)).find_box()
    steps = []
    for i, step in box.peeling_trajectory.iterrows():
        steps.append({"coverage": step.coverage, "density": step.density, "mass": step.mass, "restricted": int(step["res dim"])})
    return steps


def lines(steps):
    return "[\n" + ",\n".join(json.dumps(step) for step in steps) + "]"


x, y = table()
first, second = ema(x, y, 2)
print(f'{{"rows": {len(y)}, "hits": {y.sum()}, "ema_workbench": [{lines(first)}, {lines(second)}], "prim": {lines(stand_alone(x, y))}}}')
