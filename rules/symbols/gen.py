"""Write api.txt and python.txt, the tables that package symbols embeds, out of installed TensorFlows.

    gen.py OUT_DIR PYTHON_215 PYTHON_221

PYTHON_215 and PYTHON_221 are the interpreters of two environments, one with tensorflow-cpu 2.15.1 and one with 2.21.0. Each
of them runs this file once more with `--dump`, because two TensorFlows do not fit into one process, and with `--has`, which asks it for the
private paths that the other one has. doc.go has the format.
"""
import importlib
import json
import os
import subprocess
import sys
import types

# Modules below tensorflow.python that programs import by path although they are not public. What they re-export is listed
# under their own path too; for every other module only what it defines is.
PYTHON_MODULES = """
    client.session data.ops.dataset_ops framework.constant_op framework.dtypes framework.errors framework.graph_io
    framework.graph_util framework.graph_util_impl framework.importer framework.meta_graph framework.ops
    framework.random_seed framework.tensor_shape framework.tensor_util lib.io.file_io lib.io.tf_record ops.array_ops
    ops.control_flow_ops ops.init_ops ops.lookup_ops ops.math_ops ops.nn ops.nn_ops ops.parsing_ops ops.random_ops
    ops.resource_variable_ops ops.state_ops ops.variable_scope ops.variables platform.app platform.flags platform.gfile
    platform.resource_loader platform.test platform.tf_logging saved_model.builder saved_model.builder_impl
    saved_model.constants saved_model.load saved_model.loader saved_model.loader_impl saved_model.main_op
    saved_model.main_op_impl saved_model.method_name_updater saved_model.save saved_model.saved_model
    saved_model.signature_constants saved_model.signature_def_utils saved_model.signature_def_utils_impl
    saved_model.simple_save saved_model.tag_constants saved_model.utils saved_model.utils_impl summary.summary
    training.basic_session_run_hooks training.checkpoint_management training.input training.monitored_session
    training.saver training.session_manager training.training training.training_util util.compat util.deprecation
    util.nest
""".split()

# Where TensorFlow 1 had what today's wheels have elsewhere or only under the public name.
MOVED = {
    "tensorflow.python.estimator.export.export_output.ClassificationOutput": "estimator.export.ClassificationOutput",
    "tensorflow.python.estimator.export.export_output.ExportOutput": "estimator.export.ExportOutput",
    "tensorflow.python.estimator.export.export_output.PredictOutput": "estimator.export.PredictOutput",
    "tensorflow.python.estimator.export.export_output.RegressionOutput": "estimator.export.RegressionOutput",
    "tensorflow.python.framework.graph_util.convert_variables_to_constants": "graph_util.convert_variables_to_constants",
    "tensorflow.python.framework.graph_util_impl.convert_variables_to_constants": "graph_util.convert_variables_to_constants",
    "tensorflow.python.keras.backend.get_session": "keras.backend.get_session",
    "tensorflow.python.keras.backend.set_session": "keras.backend.set_session",
}

SKIP = {"compat.v1", "compat.v2"}  # the API inside itself


def members(obj):
    for name in sorted(dir(obj)):
        if name.startswith("_") and name != "__version__":
            continue
        try:
            yield name, getattr(obj, name)
        except Exception:  # a lazy module whose package is not installed
            continue


def is_api_module(obj):
    if not isinstance(obj, types.ModuleType):
        return False
    name = getattr(obj, "__name__", None)
    if name is None:  # under Keras 3 every attribute of compat.v1.keras raises
        return False
    if name == "tensorflow.python.platform.flags":  # public as flags and as app.flags
        return True
    if name.startswith(("tensorflow.python", "tensorflow.core", "tensorflow.tools", "tensorflow.lite.python")):
        return False
    return name.startswith(("tensorflow", "keras", "tf_keras", "tensorboard.summary")) or type(obj) is not types.ModuleType


def walk(root):
    """{dotted name: object} of the public API below the module root."""
    found = {}

    def visit(module, prefix, above):
        for name, obj in members(module):
            full = prefix + name
            if full in SKIP or (isinstance(obj, types.ModuleType) and (not is_api_module(obj) or id(obj) in above)):
                continue
            found[full] = obj
            if isinstance(obj, types.ModuleType):
                visit(obj, full + ".", above | {id(obj)})

    visit(root, "", {id(root)})
    return found


def constants():
    """[(module, name, names in compat.v1, names in TensorFlow 2)] of every exported constant.

    Constants have no identity (small ints and equal strings are one object), so the record that tensorflow.python.util.tf_export
    keeps in each module is used.
    """
    found = []
    for module in list(sys.modules.values()):
        table = getattr(module, "__dict__", {})
        names1 = {const: names for names, const in table.get("_tf_api_constants_v1", [])}
        names2 = {const: names for names, const in table.get("_tf_api_constants", [])}
        for const in set(names1) | set(names2):
            found.append((module.__name__, const, list(names1.get(const, ())), list(names2.get(const, ()))))
    return found


def look_up(root, name):
    """(object, True) of a dotted name, or (None, False)."""
    obj = root
    for part in name.split("."):
        try:
            obj = getattr(obj, part)
        except Exception:
            return None, False
    return obj, True


def kind(obj):
    if isinstance(obj, types.ModuleType):
        return "module"
    if isinstance(obj, type):
        return "class"
    if callable(obj):
        return "function"
    return "constant"


def same(a, b):
    if kind(a) == "constant" and kind(b) == "constant":
        return type(a) is type(b) and (a is b or bool(a == b))
    return a is b


def best(names):
    """The name that people know: least nested, then shortest."""
    return min(names, key=lambda n: (n.count("."), len(n), n))


def dump():
    import tensorflow as tf
    v1, v2 = walk(tf.compat.v1), walk(tf)
    public1, public2 = {}, {}
    for public, names in ((public1, v1), (public2, v2)):
        for name, obj in names.items():
            if kind(obj) in ("class", "function"):
                public.setdefault(id(obj), []).append(name)
    aliases, aliases2, private = {}, {}, {}
    for module, const, names1, names2 in constants():
        names1 = [n for n in names1 if n in v1]
        for name in names1:
            aliases[name], aliases2[name] = names1, names2
        if names1 and module.startswith("tensorflow.python."):
            private[module + "." + const] = best(names1)
    api = {}
    for name, obj in v1.items():
        other, found = look_up(tf, name)
        if not found:
            status = "missing"
        elif isinstance(obj, types.ModuleType) and isinstance(other, types.ModuleType):
            status = "differs"  # the two namespaces are never one module; their members count
        else:
            status = "same" if same(obj, other) else "differs"
        api[name] = {"kind": kind(obj), "status": status,
                     "canonical": best(public1.get(id(obj)) or aliases.get(name) or [name]),
                     "names2": public2.get(id(obj)) or aliases2.get(name, [])}

    for name, obj in list(v1.items()):
        module, own = getattr(obj, "__module__", None), getattr(obj, "__name__", None)
        if id(obj) not in public1 or not isinstance(module, str) or not isinstance(own, str):
            continue
        if module.startswith(("tensorflow.python.", "tensorflow_estimator.python.")):
            holder = sys.modules.get(module)
            if getattr(holder, own, None) is obj:
                private[module + "." + own] = api[name]["canonical"]
    for path in PYTHON_MODULES:
        full = "tensorflow.python." + path
        try:
            module = importlib.import_module(full)
        except ImportError:
            continue
        for name, obj in members(module):
            if id(obj) in public1:
                private[full + "." + name] = best(public1[id(obj)])
    for path, name in list(private.items()):
        if path.startswith("tensorflow_estimator."):  # before TensorFlow 1.13 that package was part of tensorflow
            private["tensorflow" + path[len("tensorflow_estimator"):]] = name
    for path, name in MOVED.items():
        if name in api:
            private.setdefault(path, api[name]["canonical"])
    json.dump({"version": tf.__version__, "api": api, "private": private}, sys.stdout)


def has():
    """Of the JSON list of module paths on stdin, those that can be imported here."""
    there = []
    for path in json.load(sys.stdin):
        module, _, name = path.rpartition(".")
        try:
            getattr(importlib.import_module(module), name)
        except Exception:  # an import may fail in any way
            continue
        there.append(path)
    json.dump(there, sys.stdout)


def read(python, what="--dump", data=None):
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", PYTHONWARNINGS="ignore")
    out = subprocess.run([python, os.path.abspath(__file__), what], check=True, stdout=subprocess.PIPE, env=env,
                         input=json.dumps(data).encode()).stdout
    return json.loads(out)


def write(path, head, lines):
    with open(path, "w", newline="\n") as f:
        f.write(head)
        f.writelines("\t".join(line).rstrip("\t") + "\n" for line in lines)


def main(out, python_old, python_new):
    old, new = read(python_old), read(python_new)
    letter = {"same": "=", "differs": "~", "missing": "-"}
    lines = []
    for name in sorted(old["api"]):
        a, b = old["api"][name], new["api"].get(name)
        names2 = set(a["names2"])
        if b is not None and names2 & set(b["names2"]):
            names2 &= set(b["names2"])
        lines.append((name, "k" if a["kind"] == "constant" else a["kind"][0], letter[a["status"]] + (letter[b["status"]] if b else "x"),
                      a["canonical"] if a["canonical"] != name else "",
                      best(names2) if names2 and a["status"] != "same" else ""))
    source = "# Generated by gen.py from tensorflow-cpu %s and %s; see doc.go for the columns.\n" % (old["version"], new["version"])
    write(os.path.join(out, "api.txt"), source, lines)
    private = dict(new["private"], **old["private"])
    private = {k: v for k, v in private.items() if v in old["api"]}
    paths = sorted(private)
    in_old, in_new = (set(read(python, "--has", paths)) for python in (python_old, python_new))
    write(os.path.join(out, "python.txt"), source,
          [(p, private[p], "" if p in in_old and p in in_new else "=x"[p not in in_old] + "=x"[p not in in_new]) for p in paths])
    print("%d public names, %d private paths" % (len(lines), len(private)))


if __name__ == "__main__":
    if sys.argv[1:] == ["--dump"]:
        del sys.argv[1:]  # tf.flags.FLAGS parses the command line when it is looked at
        dump()
    elif sys.argv[1:] == ["--has"]:
        del sys.argv[1:]
        has()
    else:
        main(*sys.argv[1:])
