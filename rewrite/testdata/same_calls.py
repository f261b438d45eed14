"""Reads {function: parameters} as JSON and prints where tf.f and tf.compat.v1.f build different graphs with these parameters."""
import itertools
import json
import sys

import tensorflow as tf

VALUES = {"axis": 1, "keepdims": True, "name": "given", "dtype": "float64", "ord": 1, "output_type": "int32"}


def function(root, name):
    for part in name.split("."):
        root = getattr(root, part)
    return root


def graph(fn, name, args, kwargs):
    with tf.Graph().as_default() as g:
        tf.random.set_seed(1)
        x = tf.compat.v1.placeholder(tf.bool if name in ("reduce_all", "reduce_any") else tf.float32, [2, 1, 3], name="x")
        dtypes = {k: getattr(tf, v) if isinstance(v, str) and k in ("dtype", "output_type") else v for k, v in kwargs.items()}
        positional = [getattr(tf, a) if a == "float64" else a for a in args]
        if name == "name_scope":
            with fn("scope"), fn("inner/"):
                tf.identity(x)
        elif name == "constant":
            fn([[1.0, 2.0]], *positional, **dtypes)
        else:
            fn(x, *positional, **dtypes)
        return str(g.as_graph_def())


table, tried = json.load(sys.stdin), 0
for name, params in table.items():
    order, _, named = params.partition("|")
    order, named = order.split()[1:], named.split()
    calls = [([VALUES[p] for p in order[:n]], {}) for n in range(len(order) + 1)]
    for n in range(1, len(order + named) + 1):
        calls += [([], {p: VALUES[p] for p in some}) for some in itertools.combinations(order + named, n)]
    for args, kwargs in calls:
        try:
            old = graph(function(tf.compat.v1, name), name, args, kwargs)
        except (TypeError, ValueError):
            old = "raises"
        try:
            new = graph(function(tf, name), name, args, kwargs)
        except (TypeError, ValueError):
            new = "raises"
        tried += 1
        if old != new:
            print("%s(%s, %s): tf.compat.v1 builds another graph than tf" % (name, args, kwargs))
print("tried %d calls" % tried, file=sys.stderr)
