"""Stands in for sitecustomize in every Python that `tfmigrate fix --prove` starts: notes what is run, and may make TensorFlow 2 be TensorFlow 1.

It must run on any Python that somebody still has a TensorFlow for, so it is written for 2.7 and 3 alike.
"""
import atexit
import os
import sys


class Notes(object):
    """What this process runs of a directory, as lines in a file of its own."""

    def __init__(self, directory, root):
        self.path = os.path.join(directory, "%d.txt" % os.getpid())
        self.root = os.path.join(os.path.realpath(root), "")
        self.seen = set()

    def source(self, path):
        if isinstance(path, bytes) and not isinstance(path, str):
            path = path.decode(sys.getfilesystemencoding(), "replace")
        if not isinstance(path, str) or path in self.seen or not path.endswith((".py", ".ipynb")):
            return
        self.seen.add(path)
        path = os.path.realpath(path)
        if path.startswith(self.root):
            self.add("file", path)

    def add(self, kind, path):
        line = "%s %s\n" % (kind, path)
        try:
            with open(self.path, "ab") as out:
                out.write(line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape"))
        except (OSError, IOError):
            pass  # the program must not fail for it

    def hook(self, event, args):
        if event == "exec":
            self.source(getattr(args[0], "co_filename", None))
        elif event in ("open", "cpython.run_file"):
            self.source(args[0])

    def at_exit(self):
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str):
                self.source(path[:-1] if path.endswith(".pyc") else path)
        python = getattr(sys.modules.get("tensorflow.python"), "__file__", None)
        if python:
            self.add("tensorflow", os.path.dirname(os.path.dirname(os.path.realpath(python))))


def start_notes(directory, root):
    notes = Notes(directory, root)
    atexit.register(notes.at_exit)
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(notes.hook)


# Modules that programs for TensorFlow 1 import by path.
PYTHON_MODULES = ["client.session", "framework.graph_util", "framework.ops", "keras", "platform.gfile", "saved_model.builder", "saved_model.loader",
                  "saved_model.main_op", "saved_model.signature_constants", "saved_model.signature_def_utils", "saved_model.simple_save",
                  "saved_model.tag_constants", "saved_model.utils", "training.saver", "util.compat"]
SAVED_MODEL_MODULES = ["builder", "constants", "loader", "main_op", "signature_constants", "signature_def_utils", "tag_constants", "utils"]


def take_the_name():
    """Make `import tensorflow` mean TensorFlow 1, once TensorFlow 2 is there under that name."""
    import importlib
    tensorflow = sys.modules["tensorflow"]
    if tensorflow.__version__.startswith(("0.", "1.")):
        return
    tf1 = importlib.import_module("tensorflow.compat.v1")
    tf1.disable_v2_behavior()
    for name in PYTHON_MODULES:
        try:
            importlib.import_module("tensorflow.python." + name)
        except ImportError:
            pass
    graph_util = sys.modules.get("tensorflow.python.framework.graph_util")
    for name in ("convert_variables_to_constants", "extract_sub_graph", "remove_training_nodes"):
        if graph_util is not None and not hasattr(graph_util, name):
            setattr(graph_util, name, getattr(tf1.graph_util, name))
    tf1.python = sys.modules.get("tensorflow.python")
    tf1.compat.v1 = tf1  # else tensorflow.compat.v1 would be tf.compat.v1.compat.v1, another module with other classes
    names = {"": tf1}
    for name in ("keras", "estimator", "saved_model", "train"):
        try:
            names["." + name] = getattr(tf1, name)
        except (AttributeError, ImportError):
            pass
    for name in SAVED_MODEL_MODULES:
        if hasattr(tf1.saved_model, name):
            names[".saved_model." + name] = getattr(tf1.saved_model, name)
    for name, module in names.items():
        sys.modules["tensorflow" + name] = module


class TensorFlow1(object):
    """Finds the module tensorflow once, and has its name taken when it is there."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        import importlib.util
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                take_the_name()

            spec.loader.exec_module = exec_module
        return spec


def next_sitecustomize():
    """Import the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]
    me = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize
    except ImportError:
        sys.modules["sitecustomize"] = me


if "TFMIGRATE_PROVE_NOTES" in os.environ:
    start_notes(os.environ["TFMIGRATE_PROVE_NOTES"], os.environ["TFMIGRATE_PROVE_ROOT"])
    if os.environ.get("TFMIGRATE_PROVE_V1"):
        sys.meta_path.insert(0, TensorFlow1())
next_sitecustomize()
