"""What CPython says of Python sources, as one JSON value a line, for the analyzer's tests.

cpython.py symtable|comments: paths on standard input, one a line.
cpython.py eval: expressions on standard input, each a JSON string on its line.
"""
import ast
import io
import json
import symtable
import sys
import tokenize
import warnings

SCOPES = {1: "local", 2: "global", 3: "global", 4: "free", 5: "local"}


def table(t):
    names = {}
    for s in t.get_symbols():
        own = (s.is_referenced() or s.is_assigned() or s.is_parameter() or s.is_imported() or s.is_declared_global()
               or s.is_nonlocal() or s.is_annotated())
        # .0 is a comprehension's iterator; __class__ comes with super.
        if own and not s.get_name().startswith(".") and s.get_name() != "__class__":
            names[s.get_name()] = "global" if t.get_type() == "module" else SCOPES[s._Symbol__scope]
    return {"kind": t.get_type(), "name": t.get_name(), "names": names, "inner": [table(c) for c in t.get_children()]}


def scopes(path):
    with open(path, "rb") as f:
        return table(symtable.symtable(f.read(), path, "exec"))


def comments(path):
    """Offsets in bytes of all comments."""
    with open(path, "rb") as f:
        raw = f.read()
    text = raw.decode("utf-8")
    lines = text.splitlines(keepends=True) if "\f" not in text and "\v" not in text else None
    if lines is None or any(c in text for c in "\x1c\x1d\x1e\x85\u2028\u2029"):
        lines = io.StringIO(text, newline="").readlines()
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.encode("utf-8"))
    out = []
    for t in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if t.type == tokenize.COMMENT:
            row, col = t.start
            begin = starts[row - 1] + len(lines[row - 1][:col].encode("utf-8"))
            out.append([begin, begin + len(t.string.encode("utf-8"))])
    return out


def plain(v):
    if v is None or isinstance(v, (bool, str)):
        return v
    if isinstance(v, int):
        return {"int": str(v)}
    if isinstance(v, float):
        return {"float": v.hex()}
    if isinstance(v, bytes):
        return {"bytes": v.hex()}
    if isinstance(v, (tuple, list)):
        return [plain(x) for x in v]
    raise TypeError(type(v))


def evaluate(line):
    import os
    return plain(eval(compile(ast.parse(json.loads(line), mode="eval"), "?", "eval"), {"os": os}))


warnings.simplefilter("ignore")
answer = {"symtable": scopes, "comments": comments, "eval": evaluate}[sys.argv[1]]
for line in sys.stdin:
    try:
        print(json.dumps({"answer": answer(line.rstrip("\n"))}))
    except Exception as e:  # whatever Python refuses is an answer, too
        print(json.dumps({"refused": f"{type(e).__name__}: {e}".encode("ascii", "replace").decode()}))
