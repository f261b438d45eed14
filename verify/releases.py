"""Writes releases.txt: which ops, with which attributes, three releases of TensorFlow know.

    python releases.py 1.15.5=134=OPS 2.15.1=VERSION=OPS 2.21.0=VERSION=OPS        (with tensorflow-cpu==2.15.1)

VERSION is the release's tf.version.GRAPH_DEF_VERSION (TF_GRAPH_DEF_VERSION in core/public/version.h), and OPS a file with the OpList that its
TF_GetAllOpList gives.

The first line has the releases and those versions. Every other has an op, the releases that know it as digits that count from the left of the first
line, and the attributes that only some of these know, with their own digits.
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from tensorflow.core.framework import op_def_pb2

releases = [a.split("=", 2) for a in sys.argv[1:]]
ops = {}
for i, (_, _, path) in enumerate(releases):
    with open(path, "rb") as f:
        for op in op_def_pb2.OpList.FromString(f.read()).op:
            known, attrs = ops.setdefault(op.name, [set(), {}])
            known.add(i)
            for a in op.attr:
                attrs.setdefault(a.name, set()).add(i)


def digits(s):
    return "".join(str(i) for i in sorted(s))


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "releases.txt"), "w") as f:
    f.write(" ".join("%s=%s" % (name, version) for name, version, _ in releases) + "\n")
    for name, (known, attrs) in sorted(ops.items()):
        some = ["%s=%s" % (a, digits(has)) for a, has in sorted(attrs.items()) if has != known]
        f.write(" ".join([name, digits(known)] + some) + "\n")
