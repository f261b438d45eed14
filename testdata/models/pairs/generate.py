"""Writes pairs of SavedModels whose answer is known, and pairs.json, which says it.

    python generate.py DIRECTORY        (with tensorflow-cpu==2.15.1)

DIRECTORY/NAME/old and DIRECTORY/NAME/new are one pair. pairs.json is a list of {"name", "same", "proof", "about"}: whether the two answer
alike, and whether a proof of that is asked for. No label is believed: TensorFlow runs every pair. Two that are the same have to give equal
bits for every input that a pair brings; two that differ have to differ in what they declare, in whether they load, or in an answer.
Nothing here is random, so every run writes the same models.
"""
import contextlib
import gzip
import json
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

v1 = tf.compat.v1
tf.get_logger().setLevel("ERROR")
tf.autograph.set_verbosity(0)
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})  # verify runs models like this, and so do the checks here
HERE = os.path.dirname(os.path.abspath(__file__))
PAIRS = []
RANDOM, TWICE = "random", "twice"  # in the place of inputs: no answer tells; two calls of every signature do
F, I, L, S, B = tf.float32, tf.int32, tf.int64, tf.string, tf.bool


class Model:
    """A function of tensors, and how it is saved.

    fn(inputs, variables, tables) gives {output: tensor}. form is how: v1 (reference variables), resource (TensorFlow 1 with resource
    variables), v2 (tf.saved_model.save), session (a live session saved by the function that tfmigrate puts into programs), frozen (variables made
    constants), again (loaded and saved by TensorFlow 2). edit changes the SavedModel protobuf, after changes the directory.
    """

    def __init__(self, fn, inputs, variables=None, tables=None, form="v1", old_flow=False, edit=None, after=None, tags=("serve",), method=None,
                 key="serving_default", main_op=None, partitions=0):
        self.fn, self.inputs, self.variables, self.tables = fn, inputs, variables or {}, tables or {}
        self.form, self.old_flow, self.edit, self.after, self.tags, self.method, self.key = form, old_flow, edit, after, tags, method, key
        self.main_op, self.partitions = main_op, partitions

    def but(self, **changes):
        """The same model with some things changed."""
        other = Model.__new__(Model)
        other.__dict__.update(self.__dict__, **changes)
        return other

    def save(self, path):
        with flow(old=self.old_flow):
            getattr(self, "save_" + self.form)(path)
        fingerprint = os.path.join(path, "fingerprint.pb")
        if os.path.exists(fingerprint):
            os.remove(fingerprint)
        if self.edit:
            rewrite(path, self.edit)
        if self.after:
            self.after(path)

    def build(self, resource):
        """The graph of TensorFlow 1: what a signature is made of."""
        inputs = {n: v1.placeholder(d, s, name=n) for n, (d, s) in self.inputs.items()}
        with v1.variable_scope("", use_resource=resource):
            variables = {n: v1.get_variable(n, initializer=value) for n, value in self.variables.items()}
        tables = {n: make() for n, make in self.tables.items()}
        return inputs, self.fn(inputs, variables, tables)

    def save_v1(self, path, resource=False):
        with tf.Graph().as_default(), v1.Session() as sess:
            inputs, outputs = self.build(resource)
            sess.run([v1.global_variables_initializer(), v1.tables_initializer()])
            signature = v1.saved_model.signature_def_utils.build_signature_def(
                {n: v1.saved_model.build_tensor_info(t) for n, t in inputs.items()},
                {n: v1.saved_model.build_tensor_info(t) for n, t in outputs.items()}, self.method or "tensorflow/serving/predict")
            builder = v1.saved_model.Builder(path)
            main_op = self.main_op() if self.main_op else v1.tables_initializer() if self.tables else None
            builder.add_meta_graph_and_variables(sess, list(self.tags), {self.key: signature}, main_op=main_op,
                                                 assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS))
            builder.save()

    def save_resource(self, path):
        self.save_v1(path, resource=True)

    def save_session(self, path):
        with tf.Graph().as_default(), v1.Session() as sess:
            inputs, outputs = self.build(resource=True)
            sess.run([v1.global_variables_initializer(), v1.tables_initializer()])
            HELPERS["save_session"](sess, path, {self.key: (inputs, outputs)}, {self.key: self.method} if self.method else None)

    def save_frozen(self, path):
        with tf.Graph().as_default(), v1.Session() as sess:
            inputs, outputs = self.build(resource=False)
            sess.run(v1.global_variables_initializer())
            outputs = {n: tf.identity(t, name="result_" + n) for n, t in outputs.items()}
            graph = v1.graph_util.convert_variables_to_constants(sess, sess.graph_def, [t.op.name for t in outputs.values()])
        with tf.Graph().as_default(), v1.Session() as sess:
            tf.import_graph_def(graph, name="frozen")
            get = sess.graph.get_tensor_by_name
            signature = v1.saved_model.predict_signature_def({n: get("frozen/" + t.name) for n, t in inputs.items()},
                                                             {n: get("frozen/" + t.name) for n, t in outputs.items()})
            builder = v1.saved_model.Builder(path)
            builder.add_meta_graph_and_variables(sess, list(self.tags), {self.key: signature})
            builder.save()

    def module(self):
        module = tf.Module()
        module.held = {n: tf.Variable(value) for n, value in self.variables.items()}
        module.tables = {n: make() for n, make in self.tables.items()}
        specs = [tf.TensorSpec(s, d, name=n) for n, (d, s) in self.inputs.items()]
        module.serve = tf.function(lambda *args: self.fn(dict(zip(self.inputs, args)), module.held, module.tables), input_signature=specs,
                                   autograph=False)
        return module

    def save_v2(self, path):
        module = self.module()
        tf.saved_model.save(module, path, signatures={self.key: module.serve})

    def save_again(self, path):
        first = path + "_first"
        self.save_v2(first)
        loaded = tf.saved_model.load(first)
        tf.saved_model.save(loaded, path, signatures=loaded.signatures)
        shutil.rmtree(first)


@contextlib.contextmanager
def flow(old):
    """Control flow of TensorFlow 1, Switch and Merge, while it lasts."""
    (v1.disable_control_flow_v2 if old else v1.enable_control_flow_v2)()
    try:
        yield
    finally:
        v1.enable_control_flow_v2()


def helper_functions():
    """The functions that tfmigrate writes into programs, with all of their parts."""
    held = {}
    parts = ("session_table", "use_resources")
    for name in parts + ("save_session",):
        lines, skipping = [], False
        for line in open(os.path.join(HERE, "..", "..", "..", "rewrite", "helpers", name + ".py"), encoding="utf-8"):
            marker = line.strip()
            if marker.startswith("# if ") or marker in ("# else:", "# end"):
                skipping = marker == "# else:"
            elif not skipping and not marker.startswith(tuple("from %s import" % part for part in parts)):
                lines.append(line)
        exec(compile("".join(lines), name, "exec"), held)
    return held


def rewrite(path, edit):
    file = os.path.join(path, "saved_model.pb")
    model = saved_model_pb2.SavedModel.FromString(open(file, "rb").read())
    edit(model)
    with open(file, "wb") as f:
        f.write(model.SerializeToString(deterministic=True))


def same(name, old, new, inputs=(), proof=True, about=""):
    PAIRS.append((name, True, proof, old, new, list(inputs), about))


def different(name, old, new, inputs=(), about="", both=True):
    """One mutation apart. With both, what can be is saved in the form of TensorFlow 2, and so is the old model without the mutation."""
    inputs = inputs if inputs == RANDOM else list(inputs)
    plain = old.form == "v1" and not (new.edit or new.after or old.edit or old.after or old.tags != new.tags)
    if both and plain and new.form == "v1":
        new = new.but(form="v2")
        if inputs != RANDOM and not any(p[3] is old for p in PAIRS):
            same(name + ".unchanged", old, old.but(form="v2"), inputs)
    PAIRS.append((name, False, False, old, new, inputs, about))


def everywhere(name, model, inputs, forms=("resource", "v2", "session", "frozen", "again")):
    """One model in all the forms that it can be saved in: all are the same as the first."""
    for form in forms:
        if model.tables and form == "frozen":
            continue
        same("%s.%s" % (name, form), model, model.but(form=form), inputs)


# The models.

W = np.random.RandomState(1).randn(3, 2).astype(np.float32)
Q = np.random.RandomState(2).randn(3, 3).astype(np.float32)
U = np.random.RandomState(3).randn(3, 2).astype(np.float32)
BIAS = np.float32([0.25, -0.5])
X = np.random.RandomState(4).randn(2, 3).astype(np.float32)
ROWS = {"x": (F, [None, 3])}
WORDS = ["red", "green", "blue", "Zoë"]


def ulp(a, at=-1):
    b = np.array(a)
    b.flat[at] = np.nextafter(b.flat[at], np.float32(9))
    return b


def of(**outputs):
    return outputs


dense = Model(lambda i, v, t: of(y=tf.nn.softmax(tf.matmul(i["x"], v["w"]) + v["b"]), z=tf.matmul(i["x"], v["w"])), ROWS, {"w": W, "b": BIAS})
two = Model(lambda i, v, t: of(y=tf.matmul(i["x"], v["a"]) - tf.matmul(i["x"], v["c"])), ROWS, {"a": W, "c": U})
square = Model(lambda i, v, t: of(y=tf.matmul(i["x"], v["q"])), ROWS, {"q": Q})


def pairs_of_weights():
    everywhere("dense", dense, [{"x": X}])
    everywhere("two", two, [{"x": X}], forms=("v2", "session", "frozen"))
    different("weight_ulp", dense, dense.but(variables={"w": ulp(W), "b": BIAS}), [{"x": X}, {"x": np.eye(3, dtype=np.float32)}])
    different("variables_exchanged", two, two.but(variables={"a": U, "c": W}), [{"x": X}])
    different("square_transposed", square, square.but(variables={"q": Q.T.copy()}), [{"x": X}])
    different("square_transposed_op", square, square.but(fn=lambda i, v, t: of(y=tf.matmul(i["x"], v["q"], transpose_b=True))), [{"x": X}])
    different("outputs_exchanged", dense, dense.but(fn=lambda i, v, t: of(z=tf.nn.softmax(tf.matmul(i["x"], v["w"]) + v["b"]), y=tf.matmul(i["x"], v["w"]))),
              [{"x": X}])
    offset = Model(lambda i, v, t: of(y=i["x"] * v["s"]), {"x": (F, [None])}, {"s": np.float32(0)})
    different("negative_zero_weight", offset, offset.but(variables={"s": np.float32(-0.0)}), [{"x": np.float32([1])}])
    add = Model(lambda i, v, t: of(y=i["x"] + v["s"]), {"x": (F, [None])}, {"s": np.float32(0)})
    different("bias_ulp", add.but(variables={"s": np.float32(0.25)}), add.but(variables={"s": ulp(np.float32(0.25))}), [{"x": np.float32([0])}])
    different("zero_plus_negative_zero", add, add.but(variables={"s": np.float32(-0.0)}), [{"x": np.float32([-0.0])}])
    pad = Model(lambda i, v, t: of(y=tf.where(i["x"] > v["edge"], v["s"], i["x"])), {"x": (F, [None])}, {"edge": np.float32(123456), "s": np.float32(np.nan)})
    different("denormal_weight", pad.but(variables={"edge": np.float32(123456), "s": np.float32(0)}),
              pad.but(variables={"edge": np.float32(123456), "s": np.float32(1e-45)}), [{"x": np.float32([2e5])}])
    different("nan_against_infinity", pad, pad.but(variables={"edge": np.float32(123456), "s": np.float32(np.inf)}), [{"x": np.float32([2e5])}])
    same("part_added", dense, dense.but(variables={"w": W, "b": BIAS, "unused": np.float32([1, 2])}), [{"x": X}], about="a variable that nothing needs")
    for dtype in (tf.float16, tf.bfloat16, tf.float64, tf.complex64):
        cast = lambda i, v, t, d=dtype: of(y=tf.cast(tf.cast(i["x"], d) * tf.cast(v["s"], d), tf.complex64 if d == tf.complex64 else F))
        narrow = Model(cast, {"x": (F, [None])}, {"s": np.float32(1.5)})
        everywhere("narrow_" + dtype.name, narrow, [{"x": np.float32([1.1, 70000])}], forms=("v2",))
    different("bfloat16_against_half", Model(lambda i, v, t: of(y=tf.cast(tf.cast(i["x"], tf.float16), F)), {"x": (F, [None])}),
              Model(lambda i, v, t: of(y=tf.cast(tf.cast(i["x"], tf.bfloat16), F)), {"x": (F, [None])}), [{"x": np.float32([1.1, 70000])}])
    different("no_rounding", Model(lambda i, v, t: of(y=tf.cast(tf.cast(i["x"], tf.float16), F)), {"x": (F, [None])}),
              Model(lambda i, v, t: of(y=tf.identity(i["x"])), {"x": (F, [None])}), [{"x": np.float32([1.1])}])
    rows = np.random.RandomState(5).randn(12, 2).astype(np.float32)

    def looked_up(i, v, t):
        with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(3), use_resource=False):
            table = v1.get_variable("table", shape=rows.shape, initializer=v1.random_normal_initializer(seed=1))
        return of(y=v1.nn.embedding_lookup(table, i["i"], partition_strategy="div"))

    def other_strategy(i, v, t):
        with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(3), use_resource=False):
            table = v1.get_variable("table", shape=rows.shape, initializer=v1.random_normal_initializer(seed=1))
        return of(y=v1.nn.embedding_lookup(table, i["i"], partition_strategy="mod"))
    parts = Model(looked_up, {"i": (L, [None])})
    same("partitioned", parts, parts.but(after=as_text), [{"i": np.int64([0, 5, 11])}])
    different("partition_strategy", parts, parts.but(fn=other_strategy), [{"i": np.int64([1, 2])}], both=False)


def as_text(path):
    from google.protobuf import text_format
    file = os.path.join(path, "saved_model.pb")
    model = saved_model_pb2.SavedModel.FromString(open(file, "rb").read())
    with open(file + "txt", "w", encoding="utf-8") as f:
        f.write(text_format.MessageToString(model))
    os.remove(file)


def vector(fn, dtype=F, shape=(None,), **more):
    return Model(lambda i, v, t: of(y=fn(i["x"])), {"x": (dtype, list(shape) if shape is not None else None)}, **more)


def pairs_of_ops():
    x = np.float32([[1, 5, 5], [-2, -2, -7]])
    for name, old, new, inputs in (
            ("softmax_axis", lambda x: tf.nn.softmax(x, axis=-1), lambda x: tf.nn.softmax(x, axis=0), [x]),
            ("reduce_axis", lambda x: tf.reduce_sum(x, axis=1), lambda x: tf.reduce_sum(x, axis=-2)[:tf.shape(x)[0]], [x]),
            ("keep_dims", lambda x: tf.reduce_sum(x, axis=1, keepdims=True) + x, lambda x: tf.reduce_sum(x, axis=1)[:1] + x, [x]),
            ("clip_low", lambda x: tf.clip_by_value(x, -5, 5), lambda x: tf.clip_by_value(x, -5.0000005, 5), [x]),
            ("clip_high", lambda x: tf.clip_by_value(x, -1e6, 1e6), lambda x: tf.clip_by_value(x, -1e6, 1000000.06), [x * 1e6]),
            ("argmax_tie", lambda x: tf.argmax(x, 1), lambda x: 2 - tf.argmax(tf.reverse(x, [1]), 1), [x]),
            ("top_k_tie", lambda x: tf.math.top_k(x, 2).indices, lambda x: 2 - tf.math.top_k(tf.reverse(x, [1]), 2).indices, [x]),
            ("top_k_sorted", lambda x: tf.math.top_k(x, 3).values, lambda x: tf.identity(x), [x]),
            ("sort_direction", lambda x: tf.sort(x), lambda x: tf.reverse(tf.sort(x, direction="DESCENDING"), [1]) + 0.0, [np.float32([[0.0, -0.0, 1], [-0.0, 0.0, 2]])]),
            ("maximum_swapped", lambda x: tf.maximum(x, 0.0), lambda x: tf.maximum(0.0, x), [np.float32([[0.0, -0.0, np.nan]] * 2)]),
            ("relu_against_maximum", lambda x: tf.nn.relu(x), lambda x: tf.where(x > 0, x, tf.zeros_like(x)), [np.float32([[0.0, -0.0, np.nan]] * 2)]),
            ("leaky_slope", lambda x: tf.nn.leaky_relu(x, 0.2), lambda x: tf.nn.leaky_relu(x, 0.20000003), [x]),
            ("relu6", lambda x: tf.nn.relu6(x), lambda x: tf.nn.relu(x), [x * 9]),
            ("round_half", lambda x: tf.round(x), lambda x: tf.floor(x + 0.5), [np.float32([[0.5, 1.5, 2.5]])]),
            ("floor_truncate", lambda x: tf.floor(x), lambda x: tf.cast(tf.cast(x, I), F), [x / 2]),
            ("ceil", lambda x: tf.math.ceil(x), lambda x: -tf.floor(-x) + 0.0, [np.float32([[-0.5, 0.5, 1]])]),
            ("divide_reciprocal", lambda x: x / 3.0, lambda x: x * np.float32(1 / 3), [x]),
            ("associated", lambda x: (x + 1e8) - 1e8, lambda x: x + (1e8 - 1e8), [x]),
            ("rsqrt", lambda x: 1.0 / tf.sqrt(x), lambda x: tf.math.rsqrt(x + 1e-30), [np.abs(x) * np.float32(1e-30)]),
            ("log1p", lambda x: tf.math.log1p(x), lambda x: tf.math.log(1.0 + x), [x * np.float32(1e-8)]),
            ("norm_epsilon", lambda x: tf.math.l2_normalize(x, 1, epsilon=1e-12), lambda x: tf.math.l2_normalize(x, 1, epsilon=1e-10), [x * np.float32(1e-7)]),
            ("subtracted_swapped", lambda x: x - tf.reverse(x, [0]), lambda x: tf.reverse(x, [0]) - x, [x]),
            ("less_or_equal", lambda x: tf.cast(x < 3.75, F), lambda x: tf.cast(x <= 3.75, F), [np.float32([[3.75, 0, 0]])]),
            ("negated_comparison", lambda x: tf.cast(x < 1.0, F), lambda x: tf.cast(tf.logical_not(x >= 1.0), F), [np.float32([[np.nan, 0, 0]])]),
            ("equal_to_itself", lambda x: tf.cast(tf.equal(x, x), F), lambda x: tf.ones_like(x), [np.float32([[np.nan, 0, 0]])]),
            ("times_zero", lambda x: x * 0.0, lambda x: tf.zeros_like(x), [np.float32([[np.inf, -1, 0]])]),
            ("minus_itself", lambda x: x - x, lambda x: tf.zeros_like(x), [np.float32([[np.inf, -1, 0]])]),
            ("double_negation_of_zero", lambda x: 0.0 - x, lambda x: -x, [np.float32([[0, 1, 2]])]),
            ("abs_sqrt_square", lambda x: tf.abs(x), lambda x: tf.sqrt(tf.square(x)), [np.float32([[1e-30, 1e30, 1]])]),
            ("reduce_max_of_nothing", lambda x: tf.reduce_max(x, axis=0), lambda x: tf.reduce_max(tf.concat([x, tf.fill([1, 3], -3.4e38)], 0), axis=0), [x[:0]]),
            ("mean_of_nothing", lambda x: tf.reduce_mean(x, axis=0), lambda x: tf.math.divide_no_nan(tf.reduce_sum(x, axis=0), tf.cast(tf.shape(x)[0], F)), [x[:0]]),
            ("broadcast", lambda x: x + tf.reduce_sum(x, axis=0, keepdims=True), lambda x: x + tf.reduce_sum(x, axis=0), []),
            ("cumsum_exclusive", lambda x: tf.cumsum(x, axis=1), lambda x: tf.cumsum(x, axis=1, exclusive=True), [x]),
            ("pad_mode", lambda x: tf.pad(x, [[0, 0], [1, 1]], "REFLECT"), lambda x: tf.pad(x, [[0, 0], [1, 1]], "SYMMETRIC"), [x]),
            ("slice_end", lambda x: x[:, :2], lambda x: x[:, 1:], [x]),
            ("strided_mask", lambda x: x[:, ::-1], lambda x: x[::-1, :], [x]),
            ("transpose_twice", lambda x: tf.transpose(x, [1, 0]), lambda x: tf.reshape(x, [3, -1]), [x]),
            ("reduce_prod_sum", lambda x: tf.reduce_prod(x, axis=1), lambda x: tf.reduce_sum(x, axis=1), [x]),
            ("one_hot_off", lambda x: tf.one_hot(tf.cast(x, I), 6), lambda x: tf.one_hot(tf.cast(x, I), 6, off_value=-0.0), [x]),
            ("one_hot_depth", lambda x: tf.reduce_sum(tf.one_hot(tf.cast(x, I), 1000), -1), lambda x: tf.reduce_sum(tf.one_hot(tf.cast(x, I), 999), -1), [np.float32([[999, 1, 2]])]),
            ("argmin", lambda x: tf.argmin(x, 1), lambda x: tf.argmin(tf.abs(x), 1), [x]),
            ("is_nan", lambda x: tf.where(tf.math.is_nan(x), tf.zeros_like(x), x), lambda x: tf.where(tf.math.is_finite(x), x, tf.zeros_like(x)), [np.float32([[np.inf, 0, 1]])]),
    ):
        if name == "broadcast":
            same("broadcast_rows", vector(old, shape=(None, 3)), vector(old, shape=(None, 3), form="v2"), [{"x": x}])
            continue
        different(name, vector(old, shape=(None, 3)), vector(new, shape=(None, 3)), [{"x": i} for i in inputs])
    n = np.int32([7, -7, 2147483647, -2147483648, 0])
    for name, old, new in (
            ("floor_division", lambda x: x // 2, lambda x: tf.truncatediv(x, 2)),
            ("floor_mod", lambda x: tf.math.floormod(x, 5), lambda x: tf.truncatemod(x, 5)),
            ("shift_division", lambda x: tf.bitwise.right_shift(x, 1), lambda x: tf.truncatediv(x, 2)),
            ("overflow", lambda x: tf.cast(x * 2, L), lambda x: tf.cast(x, L) * 2),
            ("abs_overflow", lambda x: tf.abs(x), lambda x: tf.minimum(tf.abs(tf.clip_by_value(x, -2147483647, 2147483647)), 2147483647)),
            ("through_float", lambda x: tf.identity(x), lambda x: tf.cast(tf.cast(x, F), I)),
            ("average", lambda x: (x + tf.reverse(x, [0])) // 2, lambda x: x // 2 + tf.reverse(x, [0]) // 2),
            ("unsigned", lambda x: tf.cast(tf.cast(x, tf.uint32), L), lambda x: tf.cast(x, L)),
            ("bit", lambda x: tf.bitwise.bitwise_and(x, 0x7fffffff), lambda x: tf.abs(x)),
    ):
        different("int_" + name, vector(old, I), vector(new, I), [{"x": n}])
    m = np.int64([2 ** 53 + 1, -5, 3])
    different("int64_through_double", vector(lambda x: x + 0, L), vector(lambda x: tf.cast(tf.cast(x, tf.float64), L), L), [{"x": m}])
    different("last_id", Model(lambda i, v, t: of(y=tf.gather(v["t"], i["x"])), {"x": (I, [None])}, {"t": np.arange(500, dtype=np.float32)}),
              Model(lambda i, v, t: of(y=tf.gather(v["t"], i["x"])), {"x": (I, [None])}, {"t": ulp(np.arange(500, dtype=np.float32))}), [{"x": np.int32([499])}])
    # Of the same values with other spellings.
    for name, fn, dtype, shape, inputs in (
            ("commuted_add", (lambda x: x + tf.nn.relu(x), lambda x: tf.nn.relu(x) + x), F, (None, 3), x),
            ("commuted_mul", (lambda x: x * 3.5, lambda x: 3.5 * x), F, (None, 3), x),
            ("commuted_and", (lambda x: tf.logical_and(x > 0, x < 3), lambda x: tf.logical_and(x < 3, x > 0)), F, (None, 3), x),
            ("identities", (lambda x: tf.nn.relu(x), lambda x: tf.identity(tf.stop_gradient(tf.identity(tf.nn.relu(tf.identity(x)))))), F, (None, 3), x),
            ("identity_n", (lambda x: tf.nn.relu(x), lambda x: tf.identity_n([x, tf.nn.relu(x)])[1]), F, (None, 3), x),
            ("shared", (lambda x: tf.exp(x) * tf.exp(x), lambda x: (lambda e: e * e)(tf.exp(x))), F, (None, 3), x),
            ("add_v1_op", (lambda x: tf.raw_ops.Add(x=x, y=x), lambda x: tf.raw_ops.AddV2(x=x, y=x)), F, (None, 3), x),
            ("gather_v1_op", (lambda x: tf.raw_ops.Gather(params=np.float32([1, 2, 3, 4, 5, 6]), indices=tf.cast(tf.abs(x) % 6, I)),
                              lambda x: tf.gather(np.float32([1, 2, 3, 4, 5, 6]), tf.cast(tf.abs(x) % 6, I))), F, (None, 3), x),
            ("unknown_rank", (lambda x: tf.nn.relu(x), lambda x: tf.nn.relu(x)), F, None, x),
            ("placeholder_default", (lambda x: x + 2.0, lambda x: x + v1.placeholder_with_default(np.float32(2), [])), F, (None, 3), x),
            ("control_edges", (lambda x: x + 1.0, with_control), F, (None, 3), x),
            ("one_function_deep", (lambda x: tf.nn.relu(x) * 2.0, tf.function(lambda x: tf.function(tf.nn.relu)(x) * 2.0)), F, (None, 3), x),
    ):
        old, new = (vector(f, dtype, shape) for f in fn)
        same(name, old, new, [{"x": inputs}])
        same(name + ".v2", old, new.but(form="v2"), [{"x": inputs}])


def with_control(x):
    with tf.control_dependencies([tf.constant(1.0), tf.shape(x), tf.no_op()]):
        return x + 1.0


def pairs_of_layers():
    image = {"x": (F, [None, 5, 5, 2])}
    kernel = np.random.RandomState(6).randn(3, 3, 2, 2).astype(np.float32)
    pixels = np.random.RandomState(7).randn(1, 5, 5, 2).astype(np.float32)
    conv = Model(lambda i, v, t: of(y=tf.nn.conv2d(i["x"], v["k"], 2, "SAME")), image, {"k": kernel})
    everywhere("conv", conv, [{"x": pixels}], forms=("v2", "frozen"))
    padded = lambda p: lambda i, v, t: of(y=tf.nn.conv2d(tf.pad(i["x"], [[0, 0]] + p + [[0, 0]]), v["k"], 2, "VALID"))
    same("conv_padded_by_hand", conv, conv.but(fn=padded([[1, 1], [1, 1]])), [{"x": pixels}], proof=False)
    different("conv_padding", conv, conv.but(fn=padded([[2, 0], [2, 0]])), [{"x": pixels}])
    different("conv_strides", conv.but(fn=lambda i, v, t: of(y=tf.nn.conv2d(i["x"], v["k"], [1, 2, 1, 1], "SAME")[:, :3, :3])),
              conv.but(fn=lambda i, v, t: of(y=tf.nn.conv2d(i["x"], v["k"], [1, 1, 2, 1], "SAME")[:, :3, :3])), [{"x": pixels}])
    different("conv_dilation", conv.but(fn=lambda i, v, t: of(y=tf.nn.conv2d(i["x"], v["k"], 1, "SAME"))),
              conv.but(fn=lambda i, v, t: of(y=tf.nn.conv2d(i["x"], v["k"], 1, "SAME", dilations=2))), [{"x": pixels}])
    different("pool_padding", conv.but(fn=lambda i, v, t: of(y=tf.nn.avg_pool2d(i["x"], 2, 1, "SAME")), variables={}),
              conv.but(fn=lambda i, v, t: of(y=tf.nn.avg_pool2d(tf.pad(i["x"], [[0, 0], [0, 1], [0, 1], [0, 0]]), 2, 1, "VALID")), variables={}), [{"x": pixels}])
    different("pool_kind", conv.but(fn=lambda i, v, t: of(y=tf.nn.max_pool2d(i["x"], 2, 1, "SAME")), variables={}),
              conv.but(fn=lambda i, v, t: of(y=tf.nn.avg_pool2d(i["x"], 2, 1, "SAME")), variables={}), [{"x": pixels}])
    different("resize_corners", conv.but(fn=lambda i, v, t: of(y=v1.image.resize_bilinear(i["x"], [7, 7])), variables={}),
              conv.but(fn=lambda i, v, t: of(y=v1.image.resize_bilinear(i["x"], [7, 7], half_pixel_centers=True)), variables={}), [{"x": pixels}])
    one = np.float32([1, 1])
    norm = lambda epsilon, training=False: Model(lambda i, v, t: of(y=v1.nn.fused_batch_norm(
        i["x"], v["s"], v["o"], None if training else v["m"], None if training else v["v"], epsilon=epsilon, is_training=training)[0]),
        image, {"s": one, "o": 0 * one, "m": 0 * one, "v": np.float32([1e-3, 2])})
    different("batch_norm_epsilon", norm(0.001), norm(0.00100002), [{"x": pixels}])
    different("batch_norm_training", norm(0.001), norm(0.001, True), [{"x": pixels}])
    different("batch_norm_variance", norm(0.001), norm(0.001).but(variables={"s": one, "o": 0 * one, "m": 0 * one, "v": np.float32([2, 1e-3])}), [{"x": pixels}])
    different("layout_transposed", conv.but(fn=lambda i, v, t: of(y=tf.reshape(i["x"], [-1, 50])), variables={}),
              conv.but(fn=lambda i, v, t: of(y=tf.reshape(tf.transpose(i["x"], [0, 3, 1, 2]), [-1, 50])), variables={}), [{"x": pixels}])
    drop = lambda rate: vector(lambda x: tf.nn.dropout(x, rate, seed=7) if rate else tf.identity(x), shape=(None, 3))
    different("dropout_left_on", drop(0), drop(0.5), [{"x": X}])
    rare = lambda x: x + tf.cast(tf.random.uniform([], seed=3) < 1e-9, F)
    different("random_once_in_a_billion", drop(0), vector(rare, shape=(None, 3)), RANDOM)
    keep = vector(lambda x: v1.nn.dropout(x, keep_prob=v1.placeholder_with_default(np.float32(1), [], name="keep"), seed=7), shape=(None, 3))
    same("dropout_that_keeps_all", keep, keep.but(form="resource"), [{"x": X}], proof=False)


# Control flow.

def by_cond(edge, then=lambda x: x * 2.0, other=lambda x: x - 1.0, less=False):
    return vector(lambda x: tf.cond(tf.reduce_sum(x) < edge if less else tf.reduce_sum(x) > edge, lambda: then(x), lambda: other(x)), shape=(None, 3))


def loop(steps=3, body=lambda i, y: (i + 1, y * 1.5), start=0):
    return vector(lambda x: v1.while_loop(lambda i, y: i < steps, body, [start, x])[1], shape=(None, 3))


def case(x, edges=(100.0, -100.0), last=3.0):
    s = tf.reduce_sum(x)
    return tf.case([(s > edges[0], lambda: x * 2.0), (s < edges[1], lambda: x - last)], default=lambda: x + 1.0, exclusive=False)


def nested(x, inner=1e6):
    s = tf.reduce_sum(x)
    return tf.cond(s > 0, lambda: tf.cond(s > inner, lambda: x * 7.0, lambda: x + 1.0), lambda: -x)


def pairs_of_control_flow():
    big = np.float32([[1e7, 1e7, 1e7]])
    plain = by_cond(10.0)
    for old, new in ((True, False), (True, True), (False, False)):
        name = "%s_%s" % ("v1" if old else "v2", "v1" if new else "v2")
        tries = [{"x": X}, {"x": big}, {"x": -big}]
        same("cond." + name, plain.but(old_flow=old), plain.but(old_flow=new, form="v1" if new else "v2"), tries)
        same("nested_cond." + name, vector(nested, shape=(None, 3), old_flow=old), vector(nested, shape=(None, 3), old_flow=new, form="v1" if new else "v2"), tries)
        same("case." + name, vector(case, shape=(None, 3), old_flow=old), vector(case, shape=(None, 3), old_flow=new, form="v1" if new else "v2"), tries)
        same("loop." + name, loop().but(old_flow=old), loop().but(old_flow=new, form="v1" if new else "v2"), tries)
        different("cond_edge." + name, plain.but(old_flow=old), by_cond(float(np.nextafter(np.float32(10), np.float32(11)))).but(old_flow=new, form="v1" if new else "v2"),
                  [{"x": np.float32([[np.nextafter(np.float32(10), np.float32(11)), 0, 0]])}], both=False)
        far = by_cond(9.87e6)
        different("rare_branch." + name, far.but(old_flow=old), by_cond(9.87e6, then=lambda x: x * 2.0000002).but(old_flow=new, form="v1" if new else "v2"), [{"x": big}], both=False)
        different("rare_inner_branch." + name, vector(nested, shape=(None, 3), old_flow=old),
                  vector(lambda x: nested(x, 1000001.0), shape=(None, 3), old_flow=new, form="v1" if new else "v2"), [{"x": np.float32([[1000000.5, 0, 0]])}], both=False)
        different("case_last." + name, vector(case, shape=(None, 3), old_flow=old),
                  vector(lambda x: case(x, last=3.0000002), shape=(None, 3), old_flow=new, form="v1" if new else "v2"), [{"x": np.float32([[-101, 0, 0]])}], both=False)
        different("branches_exchanged." + name, plain.but(old_flow=old), by_cond(10.0, less=True).but(old_flow=new, form="v1" if new else "v2"), [{"x": X}], both=False)
        different("loop_bound." + name, loop(50).but(old_flow=old), loop(51).but(old_flow=new, form="v1" if new else "v2"), [{"x": X}], both=False)
        different("loop_body." + name, loop().but(old_flow=old), loop(body=lambda i, y: (i + 1, y * 1.5000001)).but(old_flow=new, form="v1" if new else "v2"), [{"x": X}], both=False)
        different("loop_start." + name, loop().but(old_flow=old), loop(start=-1).but(old_flow=new, form="v1" if new else "v2"), [{"x": X}], both=False)
        different("equal_of_two." + name, vector(lambda x: tf.cond(tf.equal(tf.reduce_sum(x), 0.015625), lambda: x, lambda: x + 1.0), shape=(None, 3), old_flow=old),
                  vector(lambda x: x + 1.0, shape=(None, 3), old_flow=new, form="v1" if new else "v2"), [{"x": np.float32([[0.015625, 0, 0]])}], both=False)
    until = lambda edge: vector(lambda x: v1.while_loop(lambda y: tf.reduce_sum(tf.abs(y)) > edge, lambda y: [y * 0.5], [x])[0], shape=(None, 3))
    finite = [{"x": X}]
    same("loop_until.v1_v2", until(0.5).but(old_flow=True), until(0.5).but(form="v2"), finite)
    different("loop_until_edge", until(0.5).but(old_flow=True), until(0.25).but(form="v2"), finite, both=False)
    closed = lambda a, b: Model(lambda i, v, t: of(y=v1.while_loop(lambda i, y: i < 3, lambda k, y: (k + 1, tf.matmul(y, v[a]) + tf.reduce_sum(v[b])), [0, i["x"]])[1]),
                                ROWS, {"a": Q, "b": Q.T.copy()})
    same("captured.v1_v2", closed("a", "b").but(old_flow=True), closed("a", "b").but(form="v2"), [{"x": X}])
    same("captured.v2_v2", closed("a", "b").but(form="resource"), closed("a", "b").but(form="v2"), [{"x": X}])
    different("captured_exchanged", closed("a", "b").but(old_flow=True), closed("b", "a").but(form="v2"), [{"x": X}], both=False)
    different("captured_exchanged.v2", closed("a", "b").but(form="v2"), closed("b", "a").but(form="v2"), [{"x": X}], both=False)
    rows = lambda fn: vector(lambda x: v1.map_fn(fn, x), shape=(None, 3))
    same("map.v1_v1", rows(lambda r: r * 2.0).but(old_flow=True), rows(lambda r: r * 2.0).but(old_flow=True, form="resource"), finite)
    same("map.v2_v2", rows(lambda r: r * 2.0), rows(lambda r: r * 2.0).but(form="v2"), finite)
    same("map.v1_v2", rows(lambda r: r * 2.0).but(old_flow=True), rows(lambda r: r * 2.0).but(form="v2"), finite, proof=False)
    different("map_body.v1_v2", rows(lambda r: r * 2.0).but(old_flow=True), rows(lambda r: r * 2.0000002).but(form="v2"), finite, both=False)

    def asserting(limit, after=True):
        def fn(x):
            check = [v1.assert_less(x, limit)] if limit else []
            with tf.control_dependencies(check):
                return x * 2.0 if after else tf.identity(x)
        return vector(fn, shape=(None, 3))
    same("assertion", asserting(1e7), asserting(1e7).but(form="v2"), [{"x": X}, {"x": big * 2}], proof=False)
    different("assertion_limit", asserting(1e7), asserting(1.1e7), [{"x": X}, {"x": big * np.float32(1.05)}])
    different("assertion_dropped", asserting(1e7), asserting(None), [{"x": X}, {"x": big * 2}])

    def ensured(shape):
        def fn(x):
            with tf.control_dependencies([tf.ensure_shape(x, shape)] if shape else []):
                return tf.identity(x) * 2.0
        return vector(fn, shape=None)
    different("shape_only_by_a_control_edge", ensured([None, 3]), ensured(None), [{"x": np.float32([1])}], both=False)
    different("other_shape_by_a_control_edge", ensured([None, 3]), ensured([None, 2]), [{"x": X}], both=False)
    gathers = lambda inside: Model(lambda i, v, t: of(y=tf.cond(
        i["p"], (lambda: tf.gather(v["t"], i["k"])) if inside else (lambda g=tf.gather(v["t"], i["k"]): tf.identity(g)), lambda: 0.0)),
        {"p": (B, []), "k": (I, [])}, {"t": np.float32([1, 2, 3])})
    beyond = [{"p": np.bool_(False), "k": np.int32(77)}]
    different("failing_op_outside_of_the_branch", gathers(True).but(old_flow=True), gathers(False).but(old_flow=True), beyond, both=False)
    different("failing_op_outside_of_the_branch.v2", gathers(True).but(old_flow=True), gathers(False).but(form="v2"), beyond, both=False)
    same("failing_op_in_the_branch.v2", gathers(True).but(old_flow=True), gathers(True).but(form="v2"), [{"p": np.bool_(True), "k": np.int32(1)}] + beyond)


def pairs_of_loops():
    """Loops of TensorFlow 1, beside loops of TensorFlow 2 that are the same, or almost."""
    tries = [{"x": X}, {"x": 0 * X}, {"x": np.float32([[40, 50, 60]])}, {"x": np.float32([[0.5, 0.25, 0.125]])}]

    def both(name, model, *others, proof=True):
        old = model.but(old_flow=True)
        same("loop_" + name, old, model.but(form="v2"), tries, proof=proof)
        for i, other in enumerate(others):
            different("loop_%s.%d" % (name, i), old, other.but(form="v2"), tries, both=False)
            different("loop_%s.%d.v1" % (name, i), old, other.but(old_flow=True), tries, both=False)

    rows = lambda fn: vector(fn, shape=(None, 3))
    while_loop = v1.while_loop
    pair = lambda step, end=0: rows(lambda x: while_loop(lambda i, a, b: i < 5, lambda i, a, b: (i + 1,) + step(a, b), [0, x, x * 2.0 + 1.0])[1 + end])
    both("variables_exchanged", pair(lambda a, b: (b, a)), pair(lambda a, b: (a, b)), pair(lambda a, b: (b, a), 1), pair(lambda a, b: (a, a)))
    both("of_two_alike", pair(lambda a, b: (a * 0.5 + b, b * 0.5 + a)), pair(lambda a, b: (a * 0.5 + b, b * 0.5 + b)), pair(lambda a, b: (a * 0.5 + b, b * 0.5 + a), 1))
    at_most = lambda most, bound=9.0: rows(lambda x: while_loop(lambda i, y: tf.reduce_max(y) < bound, lambda i, y: [i + 1, y + 1.0], [0, x], maximum_iterations=most)[1])
    both("at_most", at_most(4), at_most(5), at_most(4, 2.0), at_most(None))
    n_times = lambda less, start=1: rows(lambda x: while_loop(lambda i, y: (i < 4 if less else i <= 4), lambda i, y: (i + 1, y * 2.0 + tf.cast(i, F)), [start, x])[1])
    both("edge", n_times(True), n_times(False), n_times(True, 0))
    within = lambda inner, k=2.0, outer=3: rows(lambda x: while_loop(
        lambda i, y: i < outer, lambda i, y: (i + 1, while_loop(lambda j, z: j < inner, lambda j, z: (j + 1, z * k + x), [i, y])[1]), [0, x])[1])
    both("in_a_loop", within(4), within(5), within(4, 3.0), within(4, outer=2))
    turns = lambda edge, k=3.0, swap=False: rows(lambda x: while_loop(lambda i, y: i < 6, lambda i, y: (i + 1, tf.cond(
        tf.reduce_sum(y) > edge, (lambda: y * k) if swap else (lambda: y * 0.5), (lambda: y * 0.5) if swap else (lambda: y * k + 1.0))), [0, x])[1])
    both("with_a_branch", turns(10.0), turns(3.0), turns(10.0, 3.5), turns(10.0, swap=True))
    if_positive = lambda bound, k=2.0: rows(lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: tf.identity(while_loop(
        lambda y: tf.reduce_sum(y) < bound, lambda y: [y * k + 1.0], [x])), lambda: -x))
    both("in_a_branch", if_positive(100.0), if_positive(2e3), if_positive(100.0, 2.5))
    outside = lambda hoist, k=0.25: rows(lambda x: (lambda s: while_loop(lambda i, y: i < 3, lambda i, y: (
        i + 1, y * (s if hoist else tf.sigmoid(x) * k)), [0, x])[1])(tf.sigmoid(x) * k))
    both("of_what_it_captured", outside(False), outside(False, 0.125))
    same("loop_of_what_was_computed_before", outside(True).but(old_flow=True), outside(False).but(form="v2"), tries)
    counted = lambda give: rows(lambda x: of(n=lambda i, y: i, y=lambda i, y: y)[give](*while_loop(lambda i, y: tf.reduce_sum(y) < 50.0, lambda i, y: (i + 2, y + 5.0), [0, x])))
    both("result", counted("y"), rows(lambda x: tf.cast(counted("n").fn({"x": x}, {}, {})["y"], F) + 0.0 * x))
    held = lambda k=Q, name="w": Model(lambda i, v, t: of(y=while_loop(lambda n, y: n < 3, lambda n, y: (n + 1, tf.tanh(tf.matmul(y, v[name]))), [0, i["x"]])[1]), ROWS, {"w": k, "u": Q.T.copy()})
    both("of_a_variable", held(), held(ulp(Q)), held(name="u"))
    checks = lambda limit: rows(lambda x: while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, checked(y, limit)), [0, x])[1])

    def checked(y, limit):
        with tf.control_dependencies([tf.ensure_shape(tf.reduce_sum(y, 1), [limit])]):
            return y * 2.0
    same("loop_that_may_fail.v1", checks(2).but(old_flow=True), checks(2).but(old_flow=True, form="resource"), tries)
    different("loop_that_may_fail", checks(2).but(old_flow=True), checks(1).but(form="v2"), tries, both=False)
    different("loop_that_may_not_fail", checks(2).but(old_flow=True), checks(None).but(form="v2"), tries, both=False)

    def guarded(flag):
        """A loop whose body checks something if one of two inputs says so."""
        def step(i, y, ask):
            with tf.control_dependencies([tf.cond(ask, lambda: tf.reduce_sum(tf.ensure_shape(y, [2, 3])), lambda: 0.0)]):
                return i + 1, y * 2.0
        return Model(lambda i, v, t: of(y=while_loop(lambda n, y: n < 3, lambda n, y: step(n, y, i[flag]), [0, i["x"]])[1]), {**ROWS, "p": (B, []), "q": (B, [])})
    asked = [{"x": x, "p": np.bool_(p), "q": np.bool_(q)} for x in (X, X[:1]) for p in (0, 1) for q in (0, 1)]
    same("loop_with_a_check_in_a_branch", guarded("p").but(old_flow=True), guarded("p").but(form="v2"), asked)
    different("loop_with_a_check_in_another_branch", guarded("p").but(old_flow=True), guarded("q").but(form="v2"), asked, both=False)
    different("loop_with_a_check_in_another_branch.v1", guarded("p").but(old_flow=True), guarded("q").but(old_flow=True), asked, both=False)
    different("loop_with_a_check_in_another_branch.v2", guarded("p").but(form="v2"), guarded("q").but(form="v2"), asked, both=False)
    fails_before = lambda before: rows(lambda x: (lambda row: while_loop(lambda i, y: i < tf.shape(x)[0] - 1, lambda i, y: (
        i + 1, y * (row if before else tf.gather(x, 1)[0])), [0, x])[1])(tf.gather(x, 1)[0] if before else None))
    different("loop_that_fails_before_it_begins", fails_before(True).but(old_flow=True), fails_before(False).but(form="v2"), [{"x": X}, {"x": X[:1]}], both=False)
    never = lambda bound: rows(lambda x: tf.identity(while_loop(lambda y: tf.reduce_sum(y) < bound, lambda y: [y + 1.0], [tf.nn.relu(x)])) * 2.0)
    both("of_one_variable", never(8.0), never(30.0))


def pairs_of_spellings():
    """Ops that have two names, and what is not quite the other."""
    rows = lambda fn, **more: vector(fn, shape=(None, 3), **more)
    tries = [{"x": X}, {"x": np.float32([[1, -2, 0], [-1, 4, np.nan], [0, 0, 5]])}, {"x": X[:0]}]
    old = lambda fn: rows(fn, old_flow=True)
    new = lambda fn: rows(fn, form="v2")
    select = lambda x: v1.where(x > 0.5, tf.sqrt(tf.abs(x)), tf.zeros_like(x))
    same("select", old(select), new(lambda x: tf.where(x > 0.5, tf.sqrt(tf.abs(x)), tf.zeros_like(x))), tries)
    same("select_zero", old(select), new(lambda x: tf.where(x > 0.5, tf.sqrt(tf.abs(x)), 0.0)), tries)
    different("select_negative_zero", old(select), new(lambda x: tf.where(x > 0.5, tf.sqrt(tf.abs(x)), -0.0)), tries)
    different("select_exchanged", old(select), new(lambda x: tf.where(x > 0.5, tf.zeros_like(x), tf.sqrt(tf.abs(x)))), tries)
    different("select_one", old(select), new(lambda x: tf.where(x > 0.5, tf.sqrt(tf.abs(x)), tf.ones_like(x))), tries)
    by_row = lambda where: lambda x: where(tf.reduce_sum(x, 1) > 0.5, x, -x)
    different("select_rows", old(by_row(v1.where)), new(by_row(tf.where)), tries)
    same("select_scalar", old(lambda x: v1.where(tf.reduce_sum(x) > 0.5, x, -x)), new(lambda x: tf.where(tf.reduce_sum(x) > 0.5, x, -x)), tries)
    different("select_of_another", old(select), new(lambda x: tf.where(-x > 0.5, tf.sqrt(tf.abs(x)), 0.0)), tries)
    add = lambda axis: lambda x: tf.reduce_sum(tf.expand_dims(x, axis) * 2.0, 0)
    same("new_axis", old(add(1)), new(lambda x: tf.reduce_sum(x[:, None] * 2.0, 0)), tries)
    same("new_axis_last", old(add(2)), new(lambda x: tf.reduce_sum(x[..., tf.newaxis] * 2.0, 0)), tries)
    same("new_axis_from_the_end", old(add(-1)), new(lambda x: tf.reduce_sum(x[:, :, None] * 2.0, 0)), tries)
    same("new_axis_first", old(add(0)), new(lambda x: tf.reduce_sum(x[None, :] * 2.0, 0)), tries)
    different("new_axis_other", old(add(1)), new(lambda x: tf.reduce_sum(x[None] * 2.0, 0)), tries)
    different("new_axis_of_a_part", old(add(1)), new(lambda x: tf.reduce_sum(x[:-1, None] * 2.0, 0)), tries)
    different("new_axis_backwards", old(add(1)), new(lambda x: tf.reduce_sum(x[:, None, ::-1] * 2.0, 0)), tries)
    joined = lambda axis: lambda x: tf.concat([x, x * 2.0], axis)
    same("axis_from_the_end", old(joined(1)), new(joined(-1)), tries)
    different("axis_other", old(joined(1)), new(joined(-2)), tries)
    total = lambda axis: lambda x: tf.reduce_mean(x * 2.0, axis)
    same("axes_from_the_end", old(total(1)), new(total([-1])), tries)
    same("axes_in_another_order", old(total([0, 1])), new(total([-1, 0])), tries)
    different("axes_other", old(total(1)), new(total(-2)), tries)
    any_rank = lambda axis, **more: vector(lambda x: tf.reduce_mean(x * 2.0, axis), shape=None, **more)
    different("axis_of_any_rank", any_rank(1), any_rank(-1, form="v2"), [{"x": X}, {"x": np.ones([2, 3, 2], np.float32)}])
    table = lambda first, step=1: words_from(lambda: tf.range(first, first + 4 * step, step))
    same("numbered", table(0), words_from(lambda: [0, 1, 2, 3]).but(form="v2"), [{"s": np.array(["a", "b", "c", "d", "e"], object)}])
    different("numbered_from_one", table(0), words_from(lambda: [1, 2, 3, 4]).but(form="v2"), [{"s": np.array(["a"], object)}])
    different("numbered_by_two", table(0, 2), words_from(lambda: [0, 1, 2, 3]).but(form="v2"), [{"s": np.array(["b"], object)}])

    def training(default, off):
        """A switch between training and serving, as tf.layers makes one."""
        def fn(x):
            phase = v1.placeholder_with_default(default, [])
            return tf.cond(phase, lambda: tf.nn.softmax(x * off + tf.random.uniform([3])), lambda: x * 2.0 + 1.0)
        return old(fn)
    same("serving_phase", training(False, 3.0), new(lambda x: x * 2.0 + 1.0), tries)
    same("serving_phase.other_training", training(False, 3.0), training(False, 4.0), tries)
    different("serving_phase_not", training(False, 3.0), new(lambda x: x * 2.0 + 2.0), tries)
    fixed = lambda default: old(lambda x: tf.cond(v1.placeholder_with_default(default, []), lambda: x * 3.0, lambda: x * 2.0 + 1.0))
    same("phase", fixed(True), new(lambda x: x * 3.0), tries)
    different("phase_exchanged", fixed(True), fixed(False), tries)
    different("phase_exchanged.v2", fixed(False), new(lambda x: x * 3.0), tries)

    def told(words, limit=3.0, more=None):
        def fn(x):
            with tf.control_dependencies([v1.Assert(tf.reduce_sum(x) < limit, [words, x if more is None else more(x)])]):
                return tf.identity(x) * 2.0
        return fn
    big = tries + [{"x": np.float32([[7, 7, 7]])}]
    same("what_an_assertion_says", old(told("too large: ")), old(told("larger than it should be: ")), big)
    different("what_an_assertion_checks", old(told("too large: ")), old(told("too large: ", 30.0)), big, both=False)
    different("what_an_assertion_says_may_fail", old(told("too large: ")), old(told("too large: ", more=lambda x: tf.gather(x, 1))), [{"x": X[:1] - 5}], both=False)


def words_from(values):
    def make():
        numbers = tf.cast(values(), L)
        return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b", "c", "d"]), numbers), -1)
    return Model(lambda i, v, t: of(y=t["t"].lookup(i["s"])), {"s": (S, [None])}, tables={"t": make})


def pairs_that_tests_miss():
    """What no input that is drawn would show, behind a difference that keeps a proof from coming about."""
    aside = lambda x: tf.reduce_sum(tf.stack([x, x]), 0)
    twice = lambda x: x + x
    for name, old, new, inputs in (
            ("branch_on_text", lambda s: tf.cond(tf.strings.regex_full_match(s[0], "magic[0-9]+"), lambda: tf.size(s), lambda: tf.constant(7)),
             lambda s: tf.cond(tf.strings.regex_full_match(s[0], "magic[0-9]+"), lambda: tf.shape(s)[0] + 1, lambda: tf.constant(7)), np.array(["magic1"], object)),
            ("pattern", lambda s: tf.strings.regex_replace(s, "magic[0-7]", "_"), lambda s: tf.strings.regex_replace(tf.strings.join([s, ""]), "magic[0-8]", "_"), np.array(["magic8"], object)),
            ("word", lambda s: tf.where(tf.equal(s, "the long word"), "a", "b"), lambda s: tf.where(tf.equal(tf.strings.join([s, ""]), "the long ward"), "a", "b"), np.array(["the long word"], object)),
    ):
        different("missed_" + name, vector(old, S), vector(new, S), [{"x": inputs}])
    seventh = lambda last: lambda x: tf.switch_case(tf.cast(tf.reduce_sum(x) / 1000.0, I), [lambda k=k: x * float(k) for k in range(9)] + [lambda: last(x)])
    different("missed_case", vector(seventh(twice), shape=(None, 3)), vector(lambda x: seventh(lambda x: x - x)(x) * 1.0, shape=(None, 3)),
              [{"x": np.float32([[9500, 0, 0]])}])
    different("missed_product", vector(lambda x: tf.where(x * x > 1e9, aside(x), x), shape=(None, 3)),
              vector(lambda x: tf.where(x * x > 1e9 + 64, twice(x), x), shape=(None, 3)), [{"x": np.sqrt(np.float32([[1e9 + 30, 1e9 + 64, 1e9 + 100]]))}])
    inner = lambda k: lambda x: v1.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.cond(tf.reduce_sum(y) > 3.3e7, lambda: y * k, lambda: y + 1.0)), [0, x])[1]
    different("missed_in_a_loop", vector(inner(2.0), shape=(None, 3)).but(old_flow=True), vector(inner(5.0), shape=(None, 3), form="v2"), [{"x": np.float32([[4e7, 0, 0]])}])
    different("missed_in_a_loop.v2", vector(inner(2.0), shape=(None, 3)), vector(inner(5.0), shape=(None, 3), form="v2"), [{"x": np.float32([[4e7, 0, 0]])}])
    tiny = np.ones([40, 1], np.float32)
    hidden = lambda w, f: Model(lambda i, v, t: of(y=tf.cast(tf.reduce_sum(tf.matmul(f(i["x"]), v["w"])) > 1e30, I)), {"x": (F, [None, 40])}, {"w": w})
    different("missed_weight", hidden(tiny, aside), hidden(ulp(tiny), twice), [{"x": np.eye(40, dtype=np.float32)[-1:] * np.float32(n)} for n in np.nextafter(np.float32(5e29), np.float32(1)) * np.linspace(0.49, 0.51, 3)] +
              [{"x": np.float32([[0] * 39 + [v]])} for v in crossing(tiny)])
    many = ["word %d" % n for n in range(20000)]
    other = list(many)
    other[15000] = "ward 15000"
    lookup = lambda words, f: Model(lambda i, v, t: of(y=f(t["t"].lookup(i["s"]))), {"s": (S, [None])}, tables={"t": words_table(words)})
    different("missed_vocabulary", lookup(many, lambda y: y * 2), lookup(other, lambda y: y + y), [{"s": np.array(["word 15000"], object)}])
    shared = vector(lambda x: tf.reduce_sum(x * 3.0), shape=(None, 3))
    different("random_stateless_seed", vector(lambda x: x + tf.random.stateless_uniform([3], [1, 2]), shape=(None, 3)),
              vector(lambda x: x + tf.random.stateless_uniform([3], [1, 3]), shape=(None, 3)), [{"x": X}])
    same("sum", shared, shared.but(form="v2"), [{"x": X}])
    half = Model(lambda i, v, t: of(y=tf.cast(i["x"] * tf.cast(1.5, tf.float16) > tf.cast(1000.0, tf.float16), I)), {"x": (tf.float16, [None])})
    different("half_edge", half, half.but(fn=lambda i, v, t: of(y=tf.cast(i["x"] * tf.cast(1.5, tf.float16) >= tf.cast(1000.0, tf.float16), I))),
              [{"x": np.float16([v]) for v in (666, 667)}, {"x": np.arange(660, 670, 0.5).astype(np.float16)}])


def crossing(tiny):
    """The floats around the one at which the last weight decides."""
    at = np.float32(5e29)
    found = [at]
    for _ in range(3):
        found = [np.nextafter(found[0], np.float32(0))] + found + [np.nextafter(found[-1], np.float32(np.inf))]
    return found


# Tables, text and tf.Examples.

def vocabulary(words, name="vocab.txt"):
    path = os.path.join(SCRATCH, "%d" % len(os.listdir(SCRATCH)))
    os.makedirs(path)
    with open(os.path.join(path, name), "wb") as f:
        f.write("".join(w + "\n" for w in words).encode())
    return os.path.join(path, name)


def words_table(words, buckets=1):
    return lambda: tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(
        vocabulary(words), S, tf.lookup.TextFileIndex.WHOLE_LINE, L, tf.lookup.TextFileIndex.LINE_NUMBER), buckets)


def key_values(keys, values, default=-1.0, value_type=F):
    return lambda: tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(list(keys), list(values), S, value_type), default)


def pairs_of_text():
    text = {"s": (S, [None])}
    find = lambda i, v, t: of(y=t["t"].lookup(i["s"]))
    lookup = Model(find, text, tables={"t": words_table(WORDS)})
    asked = [{"s": np.array(["red", "Zoë", "green", "nothing", "", "Zoe"], object)}]
    many = [{"s": np.array(["unknown %d" % n for n in range(30)], object)}]
    everywhere("lookup", lookup, asked, forms=("v2", "session", "again"))
    different("vocabulary_line", lookup, lookup.but(tables={"t": words_table(["red", "green", "blue", "Zoe"])}), asked)
    different("vocabulary_order", lookup, lookup.but(tables={"t": words_table(["green", "red", "blue", "Zoë"])}), asked)
    different("vocabulary_longer", lookup, lookup.but(tables={"t": words_table(WORDS + ["black"])}), asked)
    different("vocabulary_spaces", lookup, lookup.but(tables={"t": words_table(["red ", "green", "blue", "Zoë"])}), asked)
    different("vocabulary_normal_form", lookup, lookup.but(tables={"t": words_table(["red", "green", "blue", "Zoe\u0308"])}), asked)
    different("buckets", lookup.but(tables={"t": words_table(WORDS, 2)}), lookup.but(tables={"t": words_table(WORDS, 3)}), many)
    prices = Model(find, text, tables={"t": key_values(WORDS, [1.5, 2.5, 3.5, 4.5])})
    everywhere("prices", prices, asked, forms=("v2", "session", "again"))
    different("table_default", prices, prices.but(tables={"t": key_values(WORDS, [1.5, 2.5, 3.5, 4.5], -2.0)}), asked)
    different("table_default_zero", prices.but(tables={"t": key_values(WORDS, [1.5, 2.5, 3.5, 4.5], 0.0)}),
              prices.but(tables={"t": key_values(WORDS, [1.5, 2.5, 3.5, 4.5], -0.0)}), asked, both=False)
    different("table_value", prices, prices.but(tables={"t": key_values(WORDS, [1.5, 2.5, 3.5, 4.5000005])}), asked)
    different("table_key_with_nul", prices.but(tables={"t": key_values(["a\0b"], [1.0])}), prices.but(tables={"t": key_values(["a\0c"], [1.0])}),
              [{"s": np.array(["a\0b", "a\0c", "a"], object)}])
    double = Model(lambda i, v, t: of(y=t["a"].lookup(i["s"]) - t["b"].lookup(i["s"])), text,
                   tables={"a": key_values(WORDS, [1, 2, 3, 4]), "b": key_values(WORDS, [4, 3, 2, 9])})
    everywhere("two_tables", double, asked, forms=("v2", "session"))
    different("tables_exchanged", double, double.but(tables={"a": key_values(WORDS, [4, 3, 2, 9]), "b": key_values(WORDS, [1, 2, 3, 4])}), asked)
    odd = [{"s": np.array(["ÀÉ", "abc DEF", "İ", "ß", "", "a  b", " x ", "1.5", "日本"], object)}]
    for name, old, new in (
            ("lower_unicode", lambda s: tf.strings.lower(s, "utf-8"), lambda s: tf.strings.lower(s)),
            ("upper_unicode", lambda s: tf.strings.upper(s, "utf-8"), lambda s: tf.strings.upper(s)),
            ("length_unit", lambda s: tf.strings.length(s), lambda s: tf.strings.length(s, "UTF8_CHAR")),
            ("substring_unit", lambda s: tf.strings.substr(s, 0, 1), lambda s: tf.strings.substr(s, 0, 1, "UTF8_CHAR")),
            ("strip", lambda s: tf.strings.strip(s), lambda s: tf.identity(s)),
            ("regex", lambda s: tf.strings.regex_replace(s, "[^a-z]", "_"), lambda s: tf.strings.regex_replace(s, "[^a-zA-Z]", "_")),
            ("regex_global", lambda s: tf.strings.regex_replace(s, " ", "_"), lambda s: tf.strings.regex_replace(s, " ", "_", replace_global=False)),
            ("split_empty", lambda s: v1.string_split(s, " ").values, lambda s: v1.string_split(s, " ", skip_empty=False).values),
            ("join_separator", lambda s: tf.strings.reduce_join(s, separator=" "), lambda s: tf.strings.reduce_join(s, separator="")),
            ("hash_kind", lambda s: tf.strings.to_hash_bucket_fast(s, 1000), lambda s: v1.string_to_hash_bucket(s, 1000)),
            ("hash_buckets", lambda s: tf.strings.to_hash_bucket_fast(s, 1000), lambda s: tf.strings.to_hash_bucket_fast(s, 1001)),
            ("hash_key", lambda s: tf.strings.to_hash_bucket_strong(s, 1000, [1, 2]), lambda s: tf.strings.to_hash_bucket_strong(s, 1000, [2, 1])),
            ("bytes_split", lambda s: tf.strings.bytes_split(s).values, lambda s: tf.strings.unicode_split(s, "UTF-8").values),
            ("add_strings", lambda s: s + tf.reverse(s, [0]), lambda s: tf.reverse(s, [0]) + s),
            ("equal_empty", lambda s: tf.equal(s, ""), lambda s: tf.equal(tf.strings.strip(s), "")),
    ):
        inputs = asked if name in ("vocab",) else odd
        different("text_" + name, vector(old, S).but(inputs={"x": (S, [None])}), vector(new, S), [{"x": inputs[0]["s"]}, {"x": np.array([" ", "a b  c"], object)}])
    same("text_same", vector(lambda s: tf.strings.regex_replace(tf.strings.lower(s, "utf-8"), "[^a-z]", "_"), S),
         vector(lambda s: tf.strings.regex_replace(tf.strings.lower(s, "utf-8"), "[^a-z]", "_"), S, form="v2"), [{"x": odd[0]["s"]}])
    same("text_joined", vector(lambda s: v1.string_split(s, " ").values, S), vector(lambda s: v1.string_split(s, " ").values, S, form="v2"), [{"x": odd[0]["s"]}])

    def parse(default=7, shape=(3,), key="x", missing="", dense=F):
        def fn(i, v, t):
            features = {key: tf.io.FixedLenFeature(shape, dense), "n": tf.io.FixedLenFeature([], L, default_value=default), "tags": tf.io.VarLenFeature(S)}
            parsed = tf.io.parse_example(i["e"], features)
            tags = tf.sparse.to_dense(parsed["tags"], default_value=missing)
            return of(y=tf.reshape(tf.cast(parsed[key], F), [-1]), n=parsed["n"], tags=tf.strings.reduce_join(tags, axis=1))
        return Model(fn, {"e": (S, [None])})

    def example(n=None, x=(1, 2, 3), tags=("a", "b")):
        e = tf.train.Example()
        e.features.feature["x"].float_list.value.extend(x)
        e.features.feature["tags"].bytes_list.value.extend(t.encode() for t in tags)
        if n is not None:
            e.features.feature["n"].int64_list.value.append(n)
        return e.SerializeToString(deterministic=True)
    examples = [{"e": np.array([example(), example(3), example(4, tags=())], object)}]
    everywhere("examples", parse(), examples, forms=("v2", "session", "again"))
    different("feature_default", parse(), parse(default=8), examples)
    different("feature_shape", parse(), parse(shape=(1, 3)).but(fn=parse(shape=(2,)).fn), examples)
    different("feature_key", parse(), parse(key="X"), examples)
    different("feature_required", parse(), parse(default=None), examples)
    different("feature_padding", parse(), parse(missing="-"), examples)

    def other_op(i, v, t):
        parsed = tf.raw_ops.ParseExample(serialized=i["e"], names=np.array([], object).astype(str), sparse_keys=[], dense_keys=["n", "x"],
                                         dense_defaults=[np.int64(7), np.float32([])], sparse_types=[], dense_shapes=[[], [3]])
        return of(n=parsed.dense_values[0], x=parsed.dense_values[1])

    def newer_op(i, v, t):
        parsed = tf.raw_ops.ParseExampleV2(serialized=i["e"], names=np.array([], object).astype(str), sparse_keys=np.array([], object).astype(str),
                                           dense_keys=["n", "x"], ragged_keys=np.array([], object).astype(str), dense_defaults=[np.int64(7), np.float32([])],
                                           num_sparse=0, sparse_types=[], ragged_value_types=[], ragged_split_types=[], dense_shapes=[[], [3]])
        return of(n=parsed.dense_values[0], x=parsed.dense_values[1])
    same("parse_ops", Model(other_op, {"e": (S, [None])}), Model(newer_op, {"e": (S, [None])}, form="v2"), examples)
    different("parse_ops_of_any_rank", Model(other_op, {"e": (S, None)}), Model(newer_op, {"e": (S, None)}), [{"e": np.array(example(), object)}], both=False)


# What only an input shows that nobody would think of.

def strings(*all):
    return np.array(all, object)


def pairs_of_rare_text():
    size = lambda s: tf.cast(tf.strings.length(s), I)
    transcode = lambda **more: lambda s: tf.strings.unicode_transcode(s, "UTF-8", "UTF-8", **more)
    for name, old, new, inputs in (
            ("dynamic_pattern", lambda s: tf.cast(tf.strings.regex_full_match(s, "inv-[0-9]{6}-zz"), I),
             lambda s: tf.cast(tf.raw_ops.RegexFullMatch(input=s, pattern=tf.constant("inv-[0-9]{6}-zy")), I), ["inv-123456-zz"]),
            ("dynamic_replace", lambda s: tf.strings.regex_replace(s, "inv-[0-9]{6}", "#"),
             lambda s: tf.raw_ops.RegexReplace(input=s, pattern=tf.constant("inv-[0-9]{7}"), rewrite=tf.constant("#")), ["inv-123456-zz"]),
            ("second_pattern", lambda s: tf.strings.lower(s), lambda s: tf.strings.regex_replace(tf.strings.lower(s), "zq[a-z]x", "zq"), ["zqax"]),
            ("length_compared", lambda s: tf.cast(tf.strings.length(s) > 5000, I), lambda s: tf.cast(tf.strings.length(s) > 5001, I), ["a" * 5001]),
            ("truncated", lambda s: tf.strings.substr(s, 0, 3000), lambda s: tf.strings.substr(s, 0, 3001), ["ab" * 3000]),
            ("truncated_far", lambda s: tf.strings.join([s, ""]), lambda s: tf.strings.substr(s, 0, 1 << 20), ["ab" * 600000]),
            ("transcode_errors", transcode(), transcode(errors="ignore"), [b"a\xffb"]),
            ("transcode_char", transcode(), transcode(replacement_char=63), [b"a\xffb"]),
            ("transcode_control", transcode(), transcode(replace_control_characters=True), ["a\x07b"]),
            ("number_rounded_twice", lambda s: tf.strings.to_number(s, F), lambda s: tf.cast(tf.strings.to_number(s, tf.float64), F), ["16777217.000000000001"]),
            ("word_of_the_new_model", size, lambda s: size(s) + tf.cast(tf.equal(s, "a hidden word"), I), ["a hidden word"]),
            ("word_of_the_old_model", lambda s: size(s) + tf.cast(tf.equal(s, "a hidden word"), I), size, ["a hidden word"]),
            ("decompressed", lambda s: tf.io.decode_compressed(s, "GZIP"), lambda s: tf.io.decode_compressed(s, "ZLIB"), [gzip.compress(b"abc", mtime=0)]),
            ("byte_order", lambda s: tf.io.decode_raw(s, tf.int16), lambda s: tf.io.decode_raw(s, tf.int16, little_endian=False), ["ab"]),
            ("csv_default", lambda s: tf.stack(tf.io.decode_csv(s, [[0.0], [1.0]])), lambda s: tf.stack(tf.io.decode_csv(s, [[0.0], [2.0]])), ["1,"]),
            ("split_count", lambda s: tf.strings.split(s, ";").values, lambda s: tf.strings.split(s, ";", maxsplit=3).values, ["a;b;c;d;e;f"]),
            ("stripped_spaces", lambda s: tf.strings.strip(s), lambda s: tf.strings.regex_replace(s, "^ +| +$", ""), ["\tab\t"]),
    ):
        different("rare_" + name, vector(old, S), vector(new, S), [{"x": strings(*inputs)}])
    text = {"s": (S, [None])}
    one = {"t": key_values(["red", "green"], [1.0, 2.0])}
    different("rare_second_table", Model(lambda i, v, t: of(y=t["t"].lookup(i["s"])), text, tables=one),
              Model(lambda i, v, t: of(y=tf.maximum(t["t"].lookup(i["s"]), t["u"].lookup(i["s"]))), text, tables=dict(one, u=key_values(["zebra"], [9.0]))), [{"s": strings("zebra")}])

    def columns(lines, value=1):
        return {"t": lambda: tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(vocabulary(lines, "columns.txt"), S, 0, L, value, delimiter="\t"), -1)}
    table = Model(lambda i, v, t: of(y=t["t"].lookup(i["s"])), text, tables=columns(["red\t3\t4", "green\t5\t6"]))
    asked = [{"s": strings("red", "green", "x")}]
    different("rare_column", table, table.but(tables=columns(["red\t3\t4", "green\t5\t6"], 2)), asked)
    different("rare_column_order", table, table.but(tables=columns(["green\t3\t4", "red\t5\t6"])), asked)

    def sequence(key):
        def fn(i, v, t):
            lists = tf.io.parse_sequence_example(i["e"], sequence_features={key: tf.io.RaggedFeature(L)})[1]
            return of(y=lists[key].to_tensor(), n=tf.shape(i["e"]))
        return Model(fn, {"e": (S, [None])})
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[5]))
    example = tf.train.SequenceExample(feature_lists=tf.train.FeatureLists(feature_list={"a": tf.train.FeatureList(feature=[feature])}))
    different("rare_sequence_key", sequence("a"), sequence("b"), [{"e": strings(example.SerializeToString())}])


def pairs_of_rare_numbers():
    ones = lambda n: np.ones(n, np.float32)
    bucketize = lambda *edges: lambda x: tf.raw_ops.Bucketize(input=x, boundaries=edges)
    for name, old, new, shape, inputs in (
            ("bucket", bucketize(0.0, 10.0, 100.5), bucketize(0.0, 10.0, 100.500015), [None], np.float32([100.50001])),
            ("bucket_searched", bucketize(0.0, 10.0, 100.5), lambda x: tf.searchsorted(tf.constant([0.0, 10.0, 100.53]), x, side="right"), [None], np.float32([100.51])),
            ("bucket_side", bucketize(0.0, 10.0, 117.5), lambda x: tf.searchsorted(tf.constant([0.0, 10.0, 117.5]), x, side="left"), [None], np.float32([117.5])),
            ("one_number", lambda x: x + tf.zeros_like(x), lambda x: x + tf.cast(tf.equal(x, 98765.4296875), F), [None], np.float32([98765.4296875])),
            ("one_product", lambda x: x + tf.zeros_like(x), lambda x: x + tf.cast(tf.equal(x * x * x - x, 60.0), F), [None], np.float32([4])),
            ("quantised_narrow", lambda x: tf.quantization.fake_quant_with_min_max_args(x, -1, 1),
             lambda x: tf.quantization.fake_quant_with_min_max_args(x, -1, 1, narrow_range=True), [None], np.float32([0.3])),
            ("quantised_range", lambda x: tf.quantization.fake_quant_with_min_max_args(x, -6, 6),
             lambda x: tf.quantization.fake_quant_with_min_max_args(x, -6, 6.0001), [None], np.float32([5.9999, 3.3])),
            ("top_k_unsorted", lambda x: tf.math.top_k(x, 3).values, lambda x: tf.math.top_k(x, 3, sorted=False).values, [None, 8], np.float32([[1, 9, 3, 7, 5, 8, 2, 4]])),
            ("batch_limit", lambda x: x * tf.cast(tf.minimum(tf.shape(x)[0], 64), F), lambda x: x * tf.cast(tf.minimum(tf.shape(x)[0], 65), F), [None], ones(100)),
            ("batch_above", lambda x: x + tf.cast(tf.shape(x)[0] > 50, F), lambda x: x + tf.cast(tf.shape(x)[0] > 51, F), [None], ones(51)),
            ("batch_of_thirteen", lambda x: x + tf.cast(tf.equal(tf.shape(x)[0], 13), F), lambda x: x + tf.zeros_like(x), [None], ones(13)),
            ("wide_rows", lambda x: tf.reduce_sum(x[:, :8]), lambda x: tf.reduce_sum(x[:, :9]), [None, None], ones([1, 9])),
            ("long_rows", lambda x: x[:, :512], lambda x: x[:, :511], [None, None], ones([1, 600])),
            ("resized", lambda x: tf.image.resize(x, [5, 5]), lambda x: v1.image.resize_bilinear(x, [5, 5]), [None, None, None, 1], np.arange(49, dtype=np.float32).reshape(1, 7, 7, 1)),
            ("double_inside", lambda x: x * 1.1, lambda x: tf.cast(tf.cast(x, tf.float64) * np.float64(1.1), F), [None], np.linspace(0, 9, 64, dtype=np.float32)),
            ("in_a_map", lambda x: v1.map_fn(lambda r: r + tf.cast(tf.equal(r, 31337.5), F), x), lambda x: v1.map_fn(lambda r: r + tf.zeros_like(r), x), [None], np.float32([31337.5])),
    ):
        different("rare_" + name, vector(old, shape=shape), vector(new, shape=shape), [{"x": inputs}])
    loop = lambda bound: vector(lambda n: v1.while_loop(lambda i, y: i < bound(n[0]), lambda i, y: (i + 1, y * 2.0), [0, tf.constant(1.0)])[1], I, (1,))
    different("rare_loop_bound", loop(lambda n: tf.where(tf.equal(n, 31337), 5, 3)), loop(lambda n: 3 + n * 0), [{"x": np.int32([31337])}])
    cases = lambda last: vector(lambda x: tf.switch_case(tf.cast(tf.reduce_sum(x), I), [lambda: x * 1.0, lambda: x * 2.0, lambda: x * 3.0], default=lambda: x * last))
    different("rare_case_default", cases(3.0), cases(1.0), [{"x": np.float32([7])}])
    half = lambda t: t // 2
    for name, old, new in (("halved", half, lambda x: tf.cast(half(tf.cast(x, L)), tf.uint64)), ("as_float", lambda x: tf.cast(x, F), lambda x: tf.cast(tf.cast(x, L), F))):
        different("rare_unsigned_" + name, vector(old, tf.uint64), vector(new, tf.uint64), [{"x": np.uint64([2 ** 63 + 4])}])
    for name, d, low, value in (("floats", F, 5, 777.25), ("integers", I, 500, 424242)):
        both = {"a": (d, [None]), "b": (d, [None])}
        often = lambda i, v, t, d=d, low=low, value=value: of(y=i["a"] + tf.cast(i["a"] > low, d) * tf.cast(tf.equal(i["b"], value), d))
        different("rare_two_conditions_" + name, Model(often, both), Model(lambda i, v, t: of(y=i["a"] + tf.zeros_like(i["b"])), both),
                  [{"a": np.array([777], d.as_numpy_dtype), "b": np.array([value], d.as_numpy_dtype)}])


def pairs_of_parts():
    table = np.random.RandomState(9).randn(20000, 4).astype(np.float32)
    ids, asked = {"x": (I, [None])}, [{"x": np.int32([0, 10000, 15000, 14000, 19999])}]
    whole = Model(lambda i, v, t: of(y=tf.gather(v["t"], i["x"])), ids, {"t": table})
    halves = lambda rows: Model(lambda i, v, t: of(y=tf.gather(tf.concat([v["a"], v["b"]], 0), i["x"])), ids, {"a": rows[:10000].copy(), "b": rows[10000:].copy()})
    turned = lambda rows: Model(lambda i, v, t: of(y=tf.gather(tf.transpose(v["t"]), i["x"])), ids, {"t": rows.T.copy()})
    inline = lambda rows: Model(lambda i, v, t: of(y=tf.gather(tf.constant(rows), i["x"])), ids)
    off, exchanged = table.copy(), table.copy()
    off[15000, 2] = np.nextafter(off[15000, 2], np.float32(9))
    exchanged[[10100, 14000]] = exchanged[[14000, 10100]]
    for name, form in (("halves", halves), ("turned", turned), ("inline", inline)):
        same("parts_%s.v2" % name, whole, form(table).but(form="v2"), asked)
        different("parts_%s_row" % name, whole, form(off), asked)
        different("parts_%s_exchanged" % name, whole, form(exchanged), asked)
    w = np.arange(8, dtype=np.float32).reshape(4, 2)
    plain = Model(lambda i, v, t: of(y=tf.matmul(i["x"], v["w"])), {"x": (F, [None, 4])}, {"w": w})
    split = lambda a, b: Model(lambda i, v, t: of(y=tf.matmul(i["x"], tf.concat([v["a"], v["b"]], 0))), {"x": (F, [None, 4])}, {"a": a.copy(), "b": b.copy()})
    x = [{"x": np.random.RandomState(1).randn(3, 4).astype(np.float32)}]
    same("parts_concatenated", split(w[:2], w[2:]), plain, x)
    different("parts_in_another_order", split(w[2:], w[:2]), plain, x)

    def recurrent(last):
        def fn(i, v, t):
            step = lambda h, x: tf.tanh(tf.matmul(tf.concat([h, x], 1), v["w"]))
            states = tf.scan(step, tf.transpose(i["x"], [1, 0, 2]), initializer=tf.zeros([tf.shape(i["x"])[0], 2]))
            return of(y=states[last])
        return Model(fn, {"x": (F, [None, 5, 2])}, {"w": np.random.RandomState(8).randn(4, 2).astype(np.float32)})
    series = [{"x": np.random.RandomState(1).randn(2, 5, 2).astype(np.float32)}]
    everywhere("recurrent", recurrent(-1), series, forms=("resource", "v2", "session"))
    different("recurrent_first", recurrent(-1), recurrent(0), series)


def pairs_of_feeds():
    class Unfed(Model):
        """A model with an input that a session may leave out."""

        def build(self, resource):
            x = v1.placeholder(F, [None], name="x")
            k = v1.placeholder_with_default(np.float32(self.variables), [], name="k")
            return {"x": x, "k": k}, of(y=x * k)
    PAIRS.append(("default_of_an_input", False, False, Unfed(None, {}, np.float32(0.5)), Unfed(None, {}, np.float32(0.75)), RANDOM, "only a session that leaves the input out notices it"))

    class Narrow(Model):
        """A model with a placeholder that takes less than the signature declares."""

        def build(self, resource):
            x = v1.placeholder(F, [None, 4], name="x")
            return {"x": x}, of(y=tf.reduce_sum(x))

    def widen(m):
        sig(m).inputs["x"].tensor_shape.dim[1].size = -1
    open_rows = {"x": (F, [None, None])}
    different("placeholder_narrower_than_declared", Model(lambda i, v, t: of(y=tf.reduce_sum(i["x"])), open_rows), Narrow(None, open_rows, edit=widen), [{"x": X}], both=False)


def pairs_of_state_and_time():
    def counting(after):
        def fn(i, v, t):
            n = v1.get_variable("n", initializer=np.float32(0), use_resource=False)
            return of(y=i["x"] + after(n))
        return Model(fn, ROWS)

    def wrapping(limit):
        def after(n):
            following = tf.math.floormod(n + 1.0, limit)
            with tf.control_dependencies([v1.assign(n, following)]):
                return tf.identity(following)
        return after
    late = lambda limit: lambda n: tf.cast(v1.assign_add(n, 1.0) > limit, F)
    clock = lambda at: vector(lambda x: x + tf.cast(tf.timestamp() > at, F))
    chance = lambda seed: vector(lambda x: x + tf.cast(v1.random_uniform([1], seed=seed) > 0.9999999, F))
    for name, old, new in (("counter_that_wraps", counting(wrapping(1000.0)), counting(wrapping(1200.0))), ("late_counter", counting(late(700.0)), counting(late(90000.0))),
                           ("clock", clock(3e9), clock(4e9)), ("rare_chance", chance(1), chance(2))):
        PAIRS.append((name, False, False, old, new, RANDOM, "hundreds of requests, years or luck tell them apart"))


# What inputs have to be made for, and what equal answers do not tell.

def soft(x):
    """One where x is 777.25, and zero elsewhere; no constant of the graph says so."""
    return tf.nn.relu(1.0 - tf.abs(x - 700.0 - 77.25) * 1000.0)


def text_model(fn, **more):
    return Model(lambda i, v, t: of(y=fn(i["s"])), {"s": (S, [None])}, **more)


def pairs_of_folding():
    """Ops that leave what they are given as it is, until it is large."""
    size = tf.strings.length
    for name, old, new, text in (
            ("mod", lambda s: size(s) * 37, lambda s: tf.math.floormod(size(s) * 37, 10000019), "a" * 300000),
            ("mask", lambda s: size(s) * 100 + 1, lambda s: tf.bitwise.bitwise_and(size(s) * 100 + 1, 0xffffff), "a" * 200001),
            ("float", lambda s: size(s) * 100 + 1, lambda s: tf.cast(tf.cast(size(s) * 100 + 1, F), I), "a" * 200001),
            ("clip", lambda s: size(s) * 37, lambda s: tf.raw_ops.ClipByValue(t=size(s) * 37, clip_value_min=0, clip_value_max=10000019), "a" * 300000),
            ("relu6", lambda s: tf.cast(size(s), F) * 1e-5, lambda s: tf.nn.relu6(tf.cast(size(s), F) * 1e-5), "a" * 700000),
            ("words", lambda s: tf.strings.reduce_join(tf.strings.split(s, " ").to_tensor() + "", 1), lambda s: tf.strings.reduce_join(tf.strings.split(s, " ").to_tensor()[:, :128], 1),
             " ".join("w%d" % k for k in range(130))),
    ):
        different("folded_" + name, text_model(old), text_model(new, form="v2"), [{"s": strings(text)}])

    def tags(cut):
        def fn(i, v, t):
            all = tf.sparse.to_dense(tf.io.parse_example(i["e"], {"tags": tf.io.VarLenFeature(S)})["tags"], default_value="")
            return of(y=tf.strings.reduce_join(cut(all), axis=1, separator=","))
        return Model(fn, {"e": (S, [None])})
    e = tf.train.Example()
    e.features.feature["tags"].bytes_list.value.extend(b"t%d" % k for k in range(30))
    different("folded_tags", tags(tf.identity), tags(lambda d: d[:, :20]).but(form="v2"), [{"e": strings(e.SerializeToString())}])


def pairs_of_near_words():
    number = lambda p: tf.cast(p, I)
    table = {"t": key_values(["red", "new york", "zoë"], [1.0, 2.0, 3.0])}
    look = lambda fn: Model(lambda i, v, t: of(y=t["t"].lookup(fn(i["s"]))), {"s": (S, [None])}, tables=table)
    replace = tf.strings.regex_replace
    for name, old, new, text in (
            ("strip", look(lambda s: s), look(tf.strings.strip), " red"),
            ("lower", look(lambda s: s), look(tf.strings.lower), "RED"),
            ("lower_unicode", look(tf.strings.lower), look(lambda s: tf.strings.lower(s, "utf-8")), "ZOË"),
            ("dash", look(lambda s: s), look(lambda s: replace(s, "-", " ")), "new-york"),
            ("spaces", look(lambda s: s), look(lambda s: replace(s, " +", " ")), "new  york"),
            ("case", text_model(lambda s: number(tf.equal(s, "admin"))), text_model(lambda s: number(tf.equal(tf.strings.lower(s), "admin"))), "ADMIN"),
            ("prefix", text_model(lambda s: number(tf.strings.regex_full_match(s, "pre.*"))),
             text_model(lambda s: number(tf.equal(tf.strings.substr(tf.strings.join([s, "   "]), 0, 3), "pre"))), "pre\nx"),
            ("contains", text_model(lambda s: number(tf.strings.regex_full_match(s, ".*needle.*"))),
             text_model(lambda s: number(tf.not_equal(replace(s, "needle", ""), s))), "needle\nx"),
            ("five_digits", text_model(lambda s: tf.where(tf.strings.regex_full_match(s, "[0-9]{5}"), tf.strings.substr(s + "   ", 0, 3), "none")),
             text_model(lambda s: tf.where(tf.equal(tf.strings.length(s), 5), tf.strings.substr(s + "   ", 0, 3), "none")), "abcde"),
            ("split", text_model(lambda s: tf.strings.split(s).values), text_model(lambda s: tf.strings.split(s, " ").values), "a\tb"),
    ):
        different("near_word_" + name, old, new.but(form="v2"), [{"s": strings(text)}])
    both = {"a": (S, [None]), "b": (S, [None])}
    different("near_word_joined", Model(lambda i, v, t: of(y=number(tf.equal(i["a"] + i["b"], "xy"))), both),
              Model(lambda i, v, t: of(y=number(tf.logical_and(tf.equal(i["a"], "x"), tf.equal(i["b"], "y")))), both, form="v2"), [{"a": strings("xy"), "b": strings("")}])


def pairs_of_unseen_loops():
    """What one loop computes and the other does not, for one number in four billion."""
    row = [{"x": np.float32([777.25])}]
    loop = lambda body: vector(lambda x: v1.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, body(y)), [0, x])[1])
    flows = (("v1_v1", dict(old_flow=True), dict(old_flow=True, form="resource")), ("v1_v2", dict(old_flow=True), dict(form="v2")), ("v2_v2", {}, dict(form="v2")))
    plain, mapped = loop(lambda y: y * 1.5 + 0.0), vector(lambda x: v1.map_fn(lambda r: r * 2.0 + 0.0, x))
    for flow, was, now in flows:
        different("unseen_relu." + flow, plain.but(**was), loop(lambda y: y * 1.5 + 0.0 + soft(y)).but(**now), row)
        different("unseen_exp." + flow, plain.but(**was), loop(lambda y: y * 1.5 + 0.0 + tf.exp(-tf.abs(y - 700.0 - 77.25) * 1e6)).but(**now), row)
        different("unseen_in_a_map." + flow, mapped.but(**was), vector(lambda x: v1.map_fn(lambda r: r * 2.0 + 0.0 + soft(r), x)).but(**now), row)

    def wired(flip):
        def fn(i, v, t):
            def body(k, a, b):
                d, e = a - b, b - a
                return k + 1, tf.where(tf.equal(a * 1.0 - 700.0, 77.25), e if flip else d, a), b + 0.0 * (d + e)
            return of(y=v1.while_loop(lambda k, a, b: k < 3, body, [0, i["a"], i["b"]])[1])
        return Model(fn, {"a": (F, [None]), "b": (F, [None])})
    two = [{"a": np.float32([777.25]), "b": np.float32([3])}]
    for flow, was, now in flows[1:]:
        different("unseen_wires." + flow, wired(False).but(**was), wired(True).but(**now), two)
    turned = lambda flip: Model(lambda i, v, t: of(y=v1.while_loop(lambda k, a, b: k < 3, lambda k, a, b: (k + 1, b, a) if flip else (k + 1, a, b), [0, i["a"] + 1.0, i["b"] * 2.0])[1]),
                                {"a": (F, [None]), "b": (F, [None])})
    same("turned_in_a_loop.v2_v2", turned(True), turned(True).but(form="v2"), two)
    same("turned_in_a_loop.v1_v2", turned(True).but(old_flow=True), turned(True).but(form="v2"), two, proof=False)
    different("turned_in_a_loop", turned(True).but(old_flow=True), turned(False).but(form="v2"), two)

    def scanned(rare):
        def fn(i, v, t):
            step = lambda h, x: tf.tanh(tf.matmul(tf.concat([h, x], 1), v["w"])) + (soft(x) if rare else 0.0)
            return of(y=tf.scan(step, tf.transpose(i["x"], [1, 0, 2]), initializer=tf.zeros([tf.shape(i["x"])[0], 2]))[-1])
        return Model(fn, {"x": (F, [None, 5, 2])}, {"w": np.random.RandomState(3).randn(4, 2).astype(np.float32)})
    series = np.zeros((1, 5, 2), np.float32)
    series[0, 2, 1] = 777.25
    embedded = Model(lambda i, v, t: of(y=v1.map_fn(lambda n: tf.reduce_sum(tf.gather(v["e"], n)), i["ids"], dtype=F)), {"ids": (I, [None, 3])}, {"e": W})
    same("embedding_in_a_map.v1_v2", embedded.but(old_flow=True), embedded.but(form="v2"), [{"ids": np.int32([[1, 2, 0]])}], proof=False)
    ends = lambda stop: vector(lambda x: v1.while_loop(lambda i, y: tf.logical_and(i < 3, stop(y[0])), lambda i, y: (i + 1, y * 1.5 + 0.0), [0, x])[1], shape=(1,))
    early, never = ends(lambda y: tf.not_equal(y * 1.0 - 700.0, 77.25)), ends(lambda y: tf.not_equal(y * 1.0 - 700.0, np.float32(np.nan)))
    same("unseen_end.same", early.but(old_flow=True), early.but(form="v2"), row, proof=False)
    different("unseen_end", never.but(old_flow=True), early.but(form="v2"), row)
    same("scanned.v1_v2", scanned(False).but(old_flow=True), scanned(False).but(form="v2"), [{"x": series}], proof=False)
    different("unseen_in_a_scan", scanned(False).but(old_flow=True), scanned(True).but(form="v2"), [{"x": series}])


def pairs_after_control_flow():
    row = [{"x": np.float32([777.25])}]
    for name, between in (("branch", lambda x: tf.cond(tf.reduce_sum(x) > 3.0, lambda: x * 1.0, lambda: x + 0.0)),
                          ("loop", lambda x: v1.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y * 1.0), [0, x])[1]),
                          ("case", lambda x: tf.switch_case(tf.cast(tf.reduce_sum(x) > 2.0, I), [lambda: x * 1.0, lambda: x + 0.0])),
                          ("map", lambda x: v1.map_fn(lambda r: r * 1.0, x))):
        different("after_a_" + name, vector(lambda x, b=between: b(x) + 0.0), vector(lambda x, b=between: (lambda z: z + soft(z))(b(x)), form="v2"), row)
        same("after_a_%s.spelled" % name, vector(lambda x, b=between: b(x) * b(x)), vector(lambda x, b=between: tf.square(b(x)), form="v2"), row, proof=False)


def pairs_of_many_ops():
    def choices(spelling, rare):
        def fn(x):
            y = x
            for k in range(60):
                y = tf.where(x > float(k), y + 1.0, y) if spelling else tf.where(float(k) < x, y - -1.0, y)
            return tf.where(tf.equal(x * x * x - x, 60.0), -y, y) if rare else tf.identity(y)
        return vector(fn)
    different("after_sixty_choices", choices(True, False), choices(False, True).but(form="v2"), [{"x": np.float32([4])}])

    def chain(spelling, rare):
        def fn(x):
            y = x
            for k in range(200):
                y = tf.sin(y + float(k)) if spelling else tf.sin(y - float(-k))
            return y + soft(x) if rare else tf.identity(y)
        return vector(fn)
    different("after_two_hundred_ops", chain(True, False), chain(False, True).but(form="v2"), [{"x": np.float32([777.25])}])

    def crossed(flip):
        def fn(i, v, t):
            run = lambda z: tf.sin(tf.cos(tf.sin(tf.cos(tf.sin(tf.cos(tf.sin(tf.cos(z))))))))
            a, b, rare = run(i["a"]), run(i["b"]), soft(i["a"])
            p, q = rare * a, rare * b
            return of(y=a * b + (p - q if flip else q - p), z=(p - q) * 2.0 + (q - p))
        return Model(fn, {"a": (F, [None]), "b": (F, [None])})
    different("same_ops_joined_otherwise", crossed(False), crossed(True).but(form="v2"), [{"a": np.float32([777.25]), "b": np.float32([2])}])


def pairs_of_counts_and_chance():
    def counting(after, resource=False):
        def fn(i, v, t):
            n = v1.get_variable("n", initializer=np.float32(0), use_resource=resource)
            return of(y=i["x"] + after(n))
        return Model(fn, ROWS, form="resource" if resource else "v1")

    def read(first):
        def after(n):
            b = tf.identity(n) + 0.0
            with tf.control_dependencies([b]):
                a = v1.assign_add(n, 1.0)
            with tf.control_dependencies([a]):
                return tf.nn.relu((b if first else tf.identity(n) + 0.0) - 1000.0)
        return after
    added = lambda fn: lambda n: fn(v1.assign_add(n, 1.0))
    for name, old, new in (("relu", added(lambda n: n * 0.0), added(lambda n: tf.nn.relu(n - 1000.0))), ("floor", added(lambda n: n * 0.0), added(lambda n: tf.floor(n / 1000.0))),
                           ("sign", added(lambda n: n * 0.0), added(lambda n: 1.0 + tf.sign(n - 1000.5))), ("moment", read(True), read(False))):
        PAIRS.append(("late_count_" + name, False, False, counting(old), counting(new, True), RANDOM, "a thousand requests tell them apart"))
    same("count_read_after", counting(read(False)), counting(read(False), True), [{"x": X}], proof=False)
    draw = lambda fn: Model(lambda i, v, t: of(y=i["x"] + fn()), {"x": (F, [None])})
    two = draw(lambda: tf.cast(v1.random_uniform([1]) - v1.random_uniform([1]) > 0.99999, F))
    one = draw(lambda: (lambda a: tf.cast(a - a > 0.99999, F))(v1.random_uniform([1])))
    PAIRS.append(("two_throws_against_one", False, False, two, one, RANDOM, "luck tells them apart"))


def pairs_of_the_stored_against_the_computed():
    bucket = lambda s: tf.strings.to_hash_bucket_fast(s, 1000)
    squares = np.arange(1000, dtype=np.int64) ** 2
    off = squares.copy()
    off[777] += 1
    word = next(w for w in ("w%d" % k for k in range(100000)) if tf.strings.to_hash_bucket_fast(w, 1000).numpy() == 777)
    formula = text_model(lambda s: bucket(s) * bucket(s))
    same("computed_squares", text_model(lambda s: tf.gather(squares, bucket(s))), formula.but(form="v2"), [{"s": strings(word)}], proof=False)
    different("computed_squares_but_one", text_model(lambda s: tf.gather(off, bucket(s))), formula.but(form="v2"), [{"s": strings(word)}])
    sums = np.cumsum(np.arange(3000)).astype(np.int64)
    sums[2500] += 1
    number = lambda fn: Model(lambda i, v, t: of(y=fn(tf.clip_by_value(i["x"] // 7, 0, 2999))), {"x": (L, [None])})
    different("computed_sums_but_one", number(lambda k: tf.gather(sums, k)), number(lambda k: k * (k + 1) // 2).but(form="v2"), [{"x": np.int64([17500])}])
    places = np.arange(2000, dtype=np.float32) * np.float32(0.5)
    places[500] += 1
    rows = lambda x: tf.range(tf.shape(x)[0])
    different("computed_places_but_one", vector(lambda x: x + tf.gather(places, rows(x))), vector(lambda x: x + tf.cast(rows(x), F) * 0.5, form="v2"), [{"x": np.zeros(600, np.float32)}])
    values = np.arange(1000, dtype=np.int64)
    values[777] = 5
    table = {"t": lambda: tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(np.arange(1000, dtype=np.int64) * 1001, values), -1)}
    divided = lambda i, v, t: of(y=tf.where(tf.logical_and(tf.equal(i["x"] % 1001, 0), tf.logical_and(i["x"] >= 0, i["x"] < 1001000)), i["x"] // 1001, tf.zeros_like(i["x"]) - 1))
    different("computed_keys_but_one", Model(lambda i, v, t: of(y=t["t"].lookup(i["x"])), {"x": (L, [None])}, tables=table), Model(divided, {"x": (L, [None])}, form="v2"), [{"x": np.int64([777777])}])


class Sparse:
    """A model of a sparse tensor."""

    def __init__(self, fn):
        self.answer, self.fn = fn, None

    def save(self, path):
        with tf.Graph().as_default(), v1.Session() as sess:
            x = v1.sparse_placeholder(F, [None, None], name="x")
            info = v1.saved_model.build_tensor_info
            signature = v1.saved_model.signature_def_utils.build_signature_def({"x": info(x)}, {"y": info(self.answer(x))}, "tensorflow/serving/predict")
            builder = v1.saved_model.Builder(path)
            builder.add_meta_graph_and_variables(sess, ["serve"], {"serving_default": signature})
            builder.save()


def pairs_of_sizes():
    size = tf.shape
    cube, image, wide = (None, None, None), (None, None, None, 1), {"a": (F, [None, None]), "b": (F, [None, None])}
    box = np.arange(30, dtype=np.float32).reshape(2, 3, 5)
    count = lambda x: tf.range(size(x)[0])
    for name, shape, old, new, x in (
            ("height_and_width", cube, lambda x: tf.reshape(x, [size(x)[0], size(x)[1], size(x)[2]]), lambda x: tf.reshape(x, [size(x)[0], size(x)[2], size(x)[1]]), box),
            ("resized_by_the_height", image, lambda x: tf.image.resize(x, [size(x)[1] * 2, size(x)[2] * 2]), lambda x: tf.image.resize(x, [size(x)[1] * 2, size(x)[1] * 2]), box[..., None]),
            ("mean_over_the_height", cube, lambda x: tf.reduce_sum(x, [1, 2]) / tf.cast(size(x)[1] * size(x)[2], F), lambda x: tf.reduce_sum(x, [1, 2]) / tf.cast(size(x)[1] * size(x)[1], F), box),
            ("overflow_of_the_batch", (None,), lambda x: x + tf.cast(size(x)[0] * 100000, F), lambda x: x + tf.cast(tf.cast(size(x)[0], L) * 100000, F), np.ones(30000, np.float32)),
            ("numbered_mod_5000", (None,), lambda x: x + tf.cast(count(x), F), lambda x: x + tf.cast(count(x) % 5000, F), np.ones(5001, np.float32)),
            ("numbered_in_16_bits", (None,), lambda x: x + tf.cast(count(x), F), lambda x: x + tf.cast(tf.cast(count(x), tf.int16), F), np.ones(40000, np.float32)),
            ("numbered_in_8_bits", (None,), lambda x: x + tf.cast(count(x), F), lambda x: x + tf.cast(tf.cast(count(x), tf.int8), F), np.ones(200, np.float32)),
    ):
        different("size_" + name, vector(old, shape=shape), vector(new, shape=shape, form="v2"), [{"x": x}])
    other = lambda k: Model(lambda i, v, t: of(y=tf.reduce_sum(i["a"], 1) * tf.cast(size(i[k])[1], F) + tf.reduce_sum(i["b"])), wide)
    different("size_of_the_other_input", other("a"), other("b").but(form="v2"), [{"a": np.ones([2, 3], np.float32), "b": np.ones([2, 5], np.float32)}])
    PAIRS.append(("sparse_out_of_order", False, False, Sparse(lambda x: tf.cumsum(x.values) + 0.0), Sparse(lambda x: tf.cumsum(tf.sparse.reorder(x).values)), RANDOM, "indices in another order tell them apart"))
    PAIRS.append(("sparse_index_twice", False, False, Sparse(tf.sparse.reduce_sum), Sparse(lambda x: tf.reduce_sum(tf.sparse.to_dense(x, validate_indices=False))), RANDOM, "an index that is there twice tells them apart"))


def pairs_of_steps():
    number = lambda p: tf.cast(p, I)
    halves = (np.arange(-2000, 2000) + 0.5).astype(np.float32)
    for factor, name in ((100.0, "hundredths"), (7.3, "products")):
        different("step_" + name, vector(lambda x, k=factor: number(tf.round(x * k))), vector(lambda x, k=factor: number(tf.floor(x * k + 0.5)), form="v2"), [{"x": halves / np.float32(factor)}, {"x": np.float32([0.125, 0.375, 0.625])}])
    two = {"a": (F, [None]), "b": (F, [None])}
    some = lambda i: number(tf.abs(i["b"]) > 0)
    b = (np.arange(1, 20000) * 0.37).astype(np.float32)
    different("step_of_a_quotient", Model(lambda i, v, t: of(y=number(tf.abs(i["a"]) / tf.abs(i["b"]) > 3.3) * some(i)), two),
              Model(lambda i, v, t: of(y=number(tf.abs(i["a"]) > 3.3 * tf.abs(i["b"])) * some(i)), two, form="v2"), [{"a": np.float32(3.3) * b, "b": b}, {"a": np.nextafter(np.float32(3.3) * b, np.float32(1e9)), "b": b}])
    different("step_among_others", vector(lambda x: tf.argsort(x)), vector(lambda x: tf.argsort(x - 1e6 * tf.cast(tf.equal(x - 700.0, 77.25), F)), form="v2"), [{"x": np.float32([777.25, 5, 6])}])


def pairs_of_classes():
    """Which side of an edge a sum or a quotient is on, in another order of the same operations."""
    number, few = lambda p: tf.cast(p, I), np.random.RandomState(1).randn(20000, 2)
    last = lambda total: [{"x": np.float32([[a, b, np.float32(total) - np.float32(a) - np.float32(b)] for a, b in few])}]
    for name, old, new, inputs in (
            ("sums", lambda x: x[:, 0] + x[:, 1] + x[:, 2] > 0.7, lambda x: x[:, 0] + (x[:, 1] + x[:, 2]) > 0.7, last(0.7)),
            ("mean", lambda x: tf.reduce_mean(x, 1) > 0.3, lambda x: tf.reduce_sum(x, 1) > 0.9, last(0.9)),
            ("percent", lambda x: tf.clip_by_value(x, 0, 1) * 100.0, lambda x: tf.clip_by_value(x, 0, 1) / 0.01, [{"x": (np.arange(0, 102) * 0.01).astype(np.float32).reshape(-1, 3)}]),
            ("softmax", lambda x: tf.argmax(x, 1), lambda x: tf.argmax(tf.nn.softmax(x), 1), [{"x": np.float32([[1, np.nextafter(np.float32(1), np.float32(2)), 0], [1e-9, 2e-9, 0]])}]),
    ):
        different("class_of_" + name, vector(lambda x, f=old: number(f(x)), shape=(None, 3)), vector(lambda x, f=new: number(f(x)), shape=(None, 3), form="v2"), inputs)


def pairs_of_formats():
    """Text that has to be of some format for there to be an answer."""
    csv = lambda last: text_model(lambda s: tf.stack(tf.io.decode_csv(s, [tf.constant([], F)] * 4 + [tf.constant([last], F)]), 1))
    different("csv_default_of_five", csv(1.0), csv(2.0).but(form="v2"), [{"s": strings("1,2,3,4,")}])
    column = lambda a, b: text_model(lambda s: (lambda c: c[a] - c[b])(tf.io.decode_csv(s, [tf.constant([], F)] * 5)))
    different("csv_columns", column(1, 2), column(2, 1).but(form="v2"), [{"s": strings("1,2,3,4,5")}])
    picture = tf.io.encode_png(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).numpy()

    def pictures(after):
        one = lambda p: after(tf.cast(tf.image.resize(tf.io.decode_png(p, channels=3), [2, 2]), F))
        return Model(lambda i, v, t: of(y=v1.map_fn(one, i["p"], dtype=F)), {"p": (S, [None])})
    plain = pictures(lambda x: x * 1.0)
    same("pictures.v1_v2", plain.but(old_flow=True), plain.but(form="v2"), [{"p": strings(picture)}], proof=False)
    different("pictures_turned", plain.but(old_flow=True), pictures(lambda x: tf.reverse(x * 1.0, [1])).but(form="v2"), [{"p": strings(picture)}])
    different("pictures_scaled", plain, pictures(lambda x: x * np.float32(1 / 255)).but(form="v2"), [{"p": strings(picture)}])


def pairs_of_other_words():
    """The same in other words, which nothing proves so far."""
    rows, halves = [{"x": np.float32([[1, -2, 0.5], [3, 0, -0.0]])}], [{"x": np.int32([[7, -7, 3]])}]
    w, b = np.random.RandomState(1).randn(3, 4).astype(np.float32), np.float32([1, 2, -3, 0.5])
    for name, dtype, old, new in (
            ("square", F, lambda x: x * x, tf.square),
            ("bias", F, lambda x: tf.matmul(x, w) + b, lambda x: tf.nn.bias_add(tf.matmul(x, w), b)),
            ("new_axis", F, lambda x: tf.expand_dims(x, 1), lambda x: x[:, tf.newaxis, :]),
            ("select", F, lambda x: v1.where(x > 0, x, x * 2.0), lambda x: tf.where(x > 0, x, x * 2.0)),
            ("half", I, lambda x: x // 2, lambda x: tf.bitwise.right_shift(x, 1)),
            ("mask", I, lambda x: tf.math.floormod(x, 8), lambda x: tf.bitwise.bitwise_and(x, 7)),
            ("stack", F, lambda x: tf.stack([x, x * 2.0], 1), lambda x: tf.concat([tf.expand_dims(x, 1), tf.expand_dims(x * 2.0, 1)], 1)),
            ("column", F, lambda x: tf.unstack(x, axis=1)[1] + 1.0, lambda x: x[:, 1] + 1.0),
            ("sort", F, lambda x: tf.sort(x, direction="DESCENDING"), lambda x: tf.math.top_k(x, 3).values),
            ("branch", F, lambda x: tf.cond(tf.reduce_sum(x) > 3.0, lambda: x * 2.0, lambda: x + 1.0), lambda x: tf.where(tf.reduce_sum(x) > 3.0, x * 2.0, x + 1.0)),
            ("not_greater", I, lambda x: tf.cast(tf.logical_not(x > 2), I), lambda x: tf.cast(x <= 2, I)),
            ("transposed_twice", F, lambda x: tf.transpose(tf.transpose(x) * 2.0), lambda x: x * 2.0),
            ("range", F, lambda x: x + tf.constant(np.arange(3, dtype=np.float32)), lambda x: x + tf.cast(tf.range(3), F)),
            ("index_type", F, lambda x: tf.argmax(x, 1), lambda x: tf.cast(tf.argmax(x, 1, output_type=I), L)),
            ("flattened", F, lambda x: tf.reshape(x, [tf.shape(x)[0] * 3]), lambda x: tf.reshape(x, [-1])),
    ):
        same("spelled_" + name, vector(old, dtype, (None, 3)), vector(new, dtype, (None, 3), form="v2"), rows if dtype == F else halves, proof=False)


# What is declared, what is loaded, and the files.

def graph(m):
    return m.meta_graphs[0].graph_def


def sig(m, key="serving_default"):
    return m.meta_graphs[0].signature_def[key]


def node(m, name):
    return next(n for n in graph(m).node if n.name == name)


def pairs_of_declarations():
    def renamed_input(m):
        sig(m).inputs["other"].CopyFrom(sig(m).inputs["x"])
        del sig(m).inputs["x"]

    def renamed_output(m):
        sig(m).outputs["other"].CopyFrom(sig(m).outputs["y"])
        del sig(m).outputs["y"]

    def set_method(m):
        sig(m).method_name = "tensorflow/serving/classify"

    def input_type(m):
        sig(m).inputs["x"].dtype = tf.float64.as_datatype_enum

    def narrower(m):
        sig(m).inputs["x"].tensor_shape.dim[0].size = 1

    def wider(m):
        sig(m).inputs["x"].tensor_shape.dim[0].size = -1
    x = [{"x": X}]
    for name, edit in (("input_name", renamed_input), ("output_name", renamed_output), ("method_name", set_method), ("declared_type", input_type), ("declared_shape", narrower)):
        different(name, dense, dense.but(edit=edit), x)
        different(name + ".v2", dense, dense.but(edit=edit, form="v2"), x)
    same("declared_wider", dense.but(edit=narrower), dense.but(edit=wider), [{"x": X[:1]}])
    different("signature_key", dense, dense.but(key="predict"), x)
    different("tag_set", dense, dense.but(tags=("serve", "gpu")), x, both=False)

    def another_key(m):
        sig(m, "more").CopyFrom(sig(m))

    def other_placeholder(m):
        node(m, "x").attr["dtype"].type = tf.float64.as_datatype_enum
        for n in graph(m).node:
            if n.name in ("twin",):
                n.attr["T"].type = tf.float64.as_datatype_enum
    different("second_signature", dense, dense.but(edit=another_key), x)
    different("second_signature_gone", dense.but(edit=another_key), dense, x, both=False)
    through = vector(lambda x: tf.identity(x, name="twin"), shape=(None, 3))
    different("placeholder_of_another_type", through, through.but(edit=other_placeholder), x)

    def fed_and_fetched(m):
        sig(m).outputs["y"].name = "x:0"
    different("output_that_is_the_input", through, through.but(edit=fed_and_fetched), x, about="TensorFlow refuses to fetch what is fed")

    def no_such_input(m):
        sig(m).inputs["unused"].name = "nowhere:0"
    unused = Model(lambda i, v, t: of(y=i["x"] * 2.0), {"x": (F, [None, 3]), "unused": (F, [])})
    same("unused_input", unused, unused.but(form="v2"), [{"x": X, "unused": np.float32(1)}])
    different("unused_input_of_no_tensor", unused, unused.but(edit=no_such_input), [{"x": X, "unused": np.float32(1)}])

    def fed_inside(m):
        sig(m).inputs["x"].name = "mid:0"
    inner = vector(lambda x: tf.identity(tf.nn.relu(x), name="mid") * 2.0, shape=(None, 3))
    same("input_in_the_middle", vector(lambda x: x * 2.0, shape=(None, 3)), inner.but(edit=fed_inside), x)
    different("input_in_the_middle_or_not", inner, inner.but(edit=fed_inside), x)

    def exchanged(m):
        sig(m).inputs["a"].name, sig(m).inputs["b"].name = sig(m).inputs["b"].name, sig(m).inputs["a"].name
    minus = Model(lambda i, v, t: of(y=i["a"] - i["b"]), {"a": (F, [None]), "b": (F, [None])})
    different("inputs_exchanged", minus, minus.but(edit=exchanged), [{"a": np.float32([1]), "b": np.float32([2])}])

    def versions(m):
        graph(m).versions.min_consumer = 99999
    different("min_consumer", dense, dense.but(edit=versions), x, about="no TensorFlow loads it")

    def stripped(m):
        for n in graph(m).node:
            for name in ("transpose_a", "transpose_b", "shape"):
                if n.op in ("MatMul",) or name == "shape" and n.op == "Placeholder":
                    n.attr.pop(name, None)
            n.device = "/device:CPU:0"
            n.attr.pop("_output_shapes", None)
    same("defaults_stripped", dense, dense.but(edit=stripped), x)

    def transposed(m):
        for n in graph(m).node:
            if n.op == "MatMul":
                n.attr["transpose_b"].b = True
    different("attribute_from_its_default", square, square.but(edit=transposed), x)

    def shuffled(m):
        nodes = list(graph(m).node)
        del graph(m).node[:]
        graph(m).node.extend(reversed(nodes))

    def renamed(m):
        keep = {t.name.split(":")[0] for t in sig(m).inputs.values()} | {"save/Const"}
        names = {n.name: n.name if n.name in keep else "n%d" % k for k, n in enumerate(graph(m).node) if n.op != "VariableV2"}
        move = lambda ref: "^" * ref.startswith("^") + (lambda n, c, i: names.get(n, n) + c + i)(*ref.lstrip("^").partition(":"))
        for n in graph(m).node:
            n.name = names.get(n.name, n.name)
            n.input[:] = [move(i) for i in n.input]
            n.attr.pop("_class", None)
        for t in sig(m).outputs.values():
            t.name = move(t.name)
        saver = m.meta_graphs[0].saver_def
        saver.restore_op_name, saver.save_tensor_name = move(saver.restore_op_name), move(saver.save_tensor_name)
        m.meta_graphs[0].collection_def.clear()
    same("nodes_reordered", dense, dense.but(edit=shuffled), x)
    same("nodes_renamed", dense, dense.but(edit=renamed), x)


def pairs_of_loading():
    x = [{"x": X}]

    def not_restored(m):
        m.meta_graphs[0].ClearField("saver_def")
        m.meta_graphs[0].collection_def.clear()  # else Python's loader makes a Saver of its own

    def partly_restored(m):
        restore = next(n for n in graph(m).node if n.op == "NoOp" and "restore" in n.name and n.input)
        del restore.input[0]

    def restored_crosswise(m):
        assigns = [n for n in graph(m).node if n.op == "Assign" and n.name.startswith("save/")]
        assigns[0].input[1], assigns[1].input[1] = assigns[1].input[1], assigns[0].input[1]
    different("not_restored", dense, dense.but(edit=not_restored), x)
    different("partly_restored", two, two.but(edit=partly_restored), x)
    different("restored_crosswise", two, two.but(edit=restored_crosswise), x)

    def shard(path):
        return os.path.join(path, "variables", "variables.data-00000-of-00001")

    def flip(path):
        data = bytearray(open(shard(path), "rb").read())
        data[1] ^= 1
        open(shard(path), "wb").write(data)

    def truncate(path):
        data = open(shard(path), "rb").read()
        open(shard(path), "wb").write(data[:-1])
    different("shard_missing", dense, dense.but(after=lambda path: os.remove(shard(path))), x)
    different("shard_corrupt", dense, dense.but(after=flip), x)
    different("shard_truncated", dense, dense.but(after=truncate), x)
    different("index_missing", dense, dense.but(after=lambda path: os.remove(os.path.join(path, "variables", "variables.index"))), x)
    text = {"s": (S, [None])}
    lookup = Model(lambda i, v, t: of(y=t["t"].lookup(i["s"])), text, tables={"t": words_table(WORDS)})
    asked = [{"s": np.array(["red", "Zoë", "nothing"], object)}]

    def no_main_op(m):
        del m.meta_graphs[0].collection_def["saved_model_main_op"]
        m.meta_graphs[0].signature_def.pop("__saved_model_init_op", None)
    different("initialiser_lost", lookup, lookup.but(edit=no_main_op), asked)
    different("asset_missing", lookup, lookup.but(after=lambda path: os.remove(os.path.join(path, "assets", "vocab.txt"))), asked)
    different("asset_content", lookup, lookup.but(after=lambda path: open(os.path.join(path, "assets", "vocab.txt"), "w").write("red\ngreen\nblue\nyellow\n")), asked)
    same("asset_crlf", lookup, lookup.but(after=lambda path: open(os.path.join(path, "assets", "vocab.txt"), "wb").write("\r\n".join(WORDS + [""]).encode())), asked,
         about="TensorFlow reads lines without the carriage return")

    # What the init op does after the restore.
    def variable(assign):
        def build(i, v, t):
            assign_to = v1.get_variable("late", initializer=np.float32(1), use_resource=False)
            v1.add_to_collection("late", assign_to)
            return of(y=i["x"] * assign_to)
        return Model(build, ROWS, main_op=assign)
    late = lambda: v1.get_collection("late")[0]
    nothing = variable(lambda: tf.no_op())
    different("init_op_assigns", nothing, variable(lambda: v1.assign(late(), 2.0).op), x, both=False)
    different("init_op_adds", nothing, variable(lambda: v1.assign_add(late(), 1.0).op), x, both=False)
    different("init_op_assigns_in_a_branch", nothing,
              variable(lambda: tf.cond(tf.constant(True), lambda: v1.assign(late(), 2.0), lambda: tf.identity(late())).op).but(old_flow=True), x, both=False)
    same("init_op_assigns_the_same", variable(lambda: v1.assign(late(), 2.0).op), variable(lambda: v1.assign(late(), 2.0).op).but(after=as_text), x)

    def dead_write(value):
        # Only a control edge from a branch that is not taken leads to the assignment, which both models have.
        def assign():
            off, _ = tf.raw_ops.Switch(data=tf.constant(1.0), pred=tf.constant(True))
            with tf.control_dependencies([tf.identity(off)]):
                return v1.assign(late(), 5.0).op
        model = variable(assign).but(old_flow=True)
        fn = model.fn

        def build(i, v, t):
            assign_to = v1.get_variable("late", initializer=np.float32(value), use_resource=False)
            v1.add_to_collection("late", assign_to)
            return of(y=i["x"] * assign_to)
        return model.but(fn=build)
    different("init_op_that_does_not_reach_its_assignment", dead_write(1), dead_write(2), x, both=False)

    def failing_init(m):
        m.meta_graphs[0].collection_def["saved_model_main_op"].node_list.value[:] = ["fails"]
        bad = graph(m).node.add()
        bad.name, bad.op = "fails", "Assert"
        bad.input.extend(["fails/false", "fails/false"])
        bad.attr["T"].list.type.append(tf.bool.as_datatype_enum)
        no = graph(m).node.add()
        no.name, no.op = "fails/false", "Const"
        no.attr["dtype"].type = tf.bool.as_datatype_enum
        no.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(False))
    different("init_op_fails", dense, dense.but(edit=failing_init), x)

    # State that requests change.
    def counter(step, read):
        def fn(i, v, t):
            n = v1.get_variable("n", initializer=np.float32(0), use_resource=False)
            added = v1.assign_add(n, step)
            with tf.control_dependencies([added] if read else []):
                seen = tf.identity(n) if read else n - 0.0
            return of(y=i["x"] + (added if not read else seen))
        return Model(fn, ROWS)
    same("counter", counter(1.0, False), counter(1.0, False).but(after=as_text), x, proof=False)
    different("counter_step", counter(1.0, False), counter(2.0, False), x, both=False)
    PAIRS.append(("state_between_signatures", False, False, Update(True), Update(False), TWICE, "one signature changes what another reads"))
    PAIRS.append(("state_between_signatures.same", True, False, Update(True), Update(True, "resource"), TWICE, "one signature changes what another reads"))


class Update:
    """A signature that counts and one that tells the count, or always zero."""

    def __init__(self, live, form="v1"):
        self.live, self.resource, self.fn = live, form == "resource", None

    def save(self, path):
        with tf.Graph().as_default(), v1.Session() as sess:
            x = v1.placeholder(F, [], name="x")
            n = v1.get_variable("n", initializer=np.float32(0), use_resource=self.resource)
            told = tf.identity(n if self.live else tf.constant(0.0)) + x
            added = v1.assign_add(n, 1.0) + x
            sess.run(v1.global_variables_initializer())
            build = v1.saved_model.predict_signature_def
            builder = v1.saved_model.Builder(path)
            builder.add_meta_graph_and_variables(sess, ["serve"], {"a_count": build({"x": x}, {"y": told}), "b_add": build({"x": x}, {"y": added})})
            builder.save()


# Labels are checked.

class Failure(Exception):
    pass


def answer(path, inputs, key, tags, times=1):
    """What a model answers, as bytes; the exception's text where it does not."""
    with tf.Graph().as_default(), v1.Session(config=CONFIG) as sess:
        try:
            m = v1.saved_model.load(sess, tags, path)
        except Exception as e:  # noqa: BLE001
            return "does not load: %s" % type(e).__name__
        keys = sorted(k for k in m.signature_def if not k.startswith("__")) if key is None else [key]
        out = []
        for _ in range(times):
            for k in reversed(keys):
                s = m.signature_def[k]
                feeds = {t.name: inputs[n] for n, t in s.inputs.items()}
                if set(feeds) & {t.name for t in s.outputs.values()}:
                    return "fetches what is fed"  # Python's session answers, and no other
                try:
                    got = sess.run({n: t.name for n, t in s.outputs.items()}, feeds)
                except Exception as e:  # noqa: BLE001
                    out.append("fails: %s" % type(e).__name__)
                    continue
                out.append({n: (a.dtype.str, a.shape, bits(a)) for n, a in sorted((n, np.asarray(a)) for n, a in got.items())})
        return repr(out)


def bits(a):
    if a.dtype == object:
        return repr(a.tolist())
    if a.dtype.kind in "fc":
        a = np.where(np.isnan(a), np.full_like(a, np.nan), a)
    return np.ascontiguousarray(a).tobytes()


def declared(path):
    for name in ("saved_model.pb", "saved_model.pbtxt"):
        file = os.path.join(path, name)
        if os.path.exists(file):
            if name.endswith("txt"):
                from google.protobuf import text_format
                m = text_format.Parse(open(file, encoding="utf-8").read(), saved_model_pb2.SavedModel())
            else:
                m = saved_model_pb2.SavedModel.FromString(open(file, "rb").read())
    info = lambda ts: sorted((n, t.dtype, tuple(d.size for d in t.tensor_shape.dim)) for n, t in ts.items())
    return [(sorted(g.meta_info_def.tags), sorted((k, s.method_name, info(s.inputs), [(n, d) for n, d, _ in info(s.outputs)])
                                                    for k, s in g.signature_def.items() if not k.startswith("__"))) for g in m.meta_graphs]


def check(name, alike, old, new, old_dir, new_dir, inputs):
    if inputs == RANDOM:
        return
    if not alike and declared(old_dir) != declared(new_dir):
        return
    times, key, tags = 1, getattr(old, "key", None), list(getattr(old, "tags", ["serve"]))
    if inputs == TWICE:
        inputs, times = [{"x": np.float32(1)}], 2
    if not inputs:
        raise Failure("%s brings no input" % name)
    answers = [(answer(old_dir, i, key, tags, times), answer(new_dir, i, key, tags, times)) for i in inputs]
    if alike and any(a != b for a, b in answers) or not alike and all(a == b for a, b in answers):
        raise Failure("%s is called %s: %s" % (name, "the same" if alike else "different", [(a[:300], b[:300]) for a, b in answers]))
    if alike and all("does not load" in a or "fails: " in a for a, _ in answers):
        raise Failure("%s answers nothing: %s" % (name, answers))


CONFIG = v1.ConfigProto(graph_options=v1.GraphOptions(
    optimizer_options=v1.OptimizerOptions(opt_level=v1.OptimizerOptions.L0), rewrite_options={"disable_meta_optimizer": True}))
HELPERS = helper_functions()
SCRATCH = ""


def main():
    global SCRATCH
    where = sys.argv[1]
    only = sys.argv[2:]
    SCRATCH = os.path.join(where, ".scratch")
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(SCRATCH)
    for add in (pairs_of_weights, pairs_of_ops, pairs_of_layers, pairs_of_control_flow, pairs_of_loops, pairs_of_spellings, pairs_that_tests_miss, pairs_of_text, pairs_of_rare_text,
                pairs_of_rare_numbers, pairs_of_parts, pairs_of_feeds, pairs_of_state_and_time, pairs_of_folding, pairs_of_near_words, pairs_of_unseen_loops, pairs_after_control_flow,
                pairs_of_many_ops, pairs_of_counts_and_chance, pairs_of_the_stored_against_the_computed, pairs_of_sizes, pairs_of_steps, pairs_of_classes, pairs_of_formats,
                pairs_of_other_words, pairs_of_declarations, pairs_of_loading):
        add()
    wrong, listed = [], []
    for name, alike, proof, old, new, inputs, about in PAIRS:
        if only and not any(o in name for o in only):
            continue
        dirs = [os.path.join(where, name, side) for side in ("old", "new")]
        try:
            old.save(dirs[0])
            new.save(dirs[1])
            check(name, alike, old, new, *dirs, inputs)
        except Exception as e:  # noqa: BLE001
            wrong.append("%s: %s: %s" % (name, type(e).__name__, e))
            continue
        listed.append({"name": name, "same": alike, "proof": proof, "about": about})
    if len({p["name"] for p in listed}) != len(listed):
        wrong.append("two pairs have one name")
    shutil.rmtree(SCRATCH)
    with open(os.path.join(where, "pairs.json"), "w", encoding="utf-8") as f:
        json.dump(listed, f, indent=1)
    print("%d pairs, %d of them the same" % (len(listed), sum(p["same"] for p in listed)))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
