"""Run a program with TensorFlow 1's semantics on an installed TensorFlow 2.15.

    python run_tf1.py PROGRAM [ARGUMENT ...]

TensorFlow 1 has no wheel for a Python of today. Its API lives on as tf.compat.v1, and after disable_v2_behavior() that API
builds graphs, makes reference variables and runs sessions as TensorFlow 1 did. So tf.compat.v1 is given the name `tensorflow`,
and a program that says `import tensorflow as tf` gets it. PROGRAM may be a notebook: its code cells are run in order, with
`!command` lines given to the shell and `%magic` lines left out.
"""
import importlib
import json
import os
import runpy
import sys

# Modules that TensorFlow 1 programs import by path.
PYTHON_MODULES = ["client.session", "framework.graph_util", "framework.ops", "keras", "platform.gfile", "saved_model.builder",
                  "saved_model.loader", "saved_model.main_op", "saved_model.signature_constants",
                  "saved_model.signature_def_utils", "saved_model.simple_save", "saved_model.tag_constants",
                  "saved_model.utils", "training.saver", "util.compat"]
SAVED_MODEL_MODULES = ["builder", "constants", "loader", "main_op", "signature_constants", "signature_def_utils",
                       "tag_constants", "utils"]


def take_the_name():
    """Make `import tensorflow` mean TensorFlow 1 in this process."""
    import tensorflow
    from tensorflow.python.framework import graph_util
    tf1 = importlib.import_module("tensorflow.compat.v1")
    tf1.disable_v2_behavior()
    for name in PYTHON_MODULES:
        importlib.import_module("tensorflow.python." + name)
    for name in ("convert_variables_to_constants", "extract_sub_graph", "remove_training_nodes"):
        if not hasattr(graph_util, name):
            setattr(graph_util, name, getattr(tf1.graph_util, name))
    tf1.python = sys.modules["tensorflow.python"]
    tf1.compat.v1 = tf1  # else tensorflow.compat.v1 would be tf.compat.v1.compat.v1, another module with other classes
    names = {"": tf1, ".keras": tf1.keras, ".estimator": tf1.estimator, ".saved_model": tf1.saved_model, ".train": tf1.train}
    for name in SAVED_MODEL_MODULES:
        names[".saved_model." + name] = getattr(tf1.saved_model, name)
    for name, module in names.items():
        sys.modules["tensorflow" + name] = module
    return tensorflow


def cells(path):
    """The code cells of a notebook, as one program."""
    with open(path, encoding="utf-8") as f:
        notebook = json.load(f)
    lines = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        for line in "".join(cell["source"]).split("\n"):
            code = line.lstrip()
            indent = line[:len(line) - len(code)]
            if code.startswith("!"):
                line = "%s__import__('subprocess').run(%r, shell=True, check=True)" % (indent, code[1:])
            elif code.startswith("%"):
                line = indent + "pass"
            lines.append(line)
    return "\n".join(lines) + "\n"


def run(path, arguments):
    """Run the program at path as the main program of this process."""
    path = os.path.abspath(path)
    sys.argv = [path] + list(arguments)
    sys.path[0] = os.path.dirname(path)
    if path.endswith(".ipynb"):
        exec(compile(cells(path), path, "exec"), {"__name__": "__main__"})
    else:
        runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    take_the_name()
    run(sys.argv[1], sys.argv[2:])
