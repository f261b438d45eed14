"""Writes the SavedModels of this directory.

    python generate.py        (with tensorflow-cpu==2.15.1)

Names that end in _v1 are saved as TensorFlow 1 saves, with Builder and reference variables; their _v2 twins are saved by
tf.saved_model.save and answer the same.
"""
import os
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS = np.random.RandomState(1).randn(3, 2).astype(np.float32)
BIAS = np.float32([0.25, -0.5])
WORDS = ["red", "green", "blue", "Zoë"]
PRICES = np.float32([1.5, 2.5, 3.5, 4.5, 0.0])


def place(name):
    path = os.path.join(HERE, name)
    shutil.rmtree(path, ignore_errors=True)
    return path


def predict(inputs, outputs):
    return v1.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)


def save_v1(name, build, text=False, tags=("serve",)):
    """build() makes the graph and gives the signatures, and the init op."""
    builder = v1.saved_model.Builder(place(name))
    with tf.Graph().as_default(), v1.Session() as sess:
        signatures, main_op = build()
        sess.run([v1.global_variables_initializer(), v1.tables_initializer()])
        builder.add_meta_graph_and_variables(sess, list(tags), signature_def_map=signatures, main_op=main_op,
                                             assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS))
    builder.save(as_text=text)


def save_v2(name, module, signatures):
    tf.saved_model.save(module, place(name), signatures=signatures)


def add_v1():
    x = v1.placeholder(tf.float32, shape=[], name="x")
    return {"serving_default": predict({"input": x}, {"output": x + 2.0})}, None


class Add(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="input")])
    def serve(self, x):
        return {"output": x + 2.0}


def softmax_v1(weights=WEIGHTS, resource=False):
    def build():
        x = v1.placeholder(tf.float32, [None, 3], name="x")
        w = v1.get_variable("w", initializer=weights, use_resource=resource)
        b = v1.get_variable("b", initializer=BIAS, use_resource=resource)
        logits = tf.matmul(x, w) + b
        return {"serving_default": predict({"x": x}, {"logits": logits, "probabilities": tf.nn.softmax(logits)})}, None
    return build


class Softmax(tf.Module):
    def __init__(self, weights=WEIGHTS):
        super().__init__()
        self.kernel = tf.Variable(weights)
        self.bias = tf.Variable(BIAS)

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def serve(self, x):
        logits = tf.matmul(x, self.kernel) + self.bias
        return {"logits": logits, "probabilities": tf.nn.softmax(logits)}


def write_words(words):
    path = "/tmp/tfmigrate_models/vocab.txt"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(w + "\n" for w in words))
    return path


def table(path):
    return tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(
        path, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 1)


def lookup_v1():
    words = v1.placeholder(tf.string, [None], name="words")
    ids = table(write_words(WORDS)).lookup(words)
    price = v1.get_variable("price", initializer=PRICES, use_resource=False)
    return {"serving_default": predict({"words": words}, {"ids": ids, "price": tf.gather(price, ids)})}, v1.tables_initializer()


class Lookup(tf.Module):
    def __init__(self):
        super().__init__()
        self.table = table(write_words(WORDS))
        self.price = tf.Variable(PRICES)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def serve(self, words):
        ids = self.table.lookup(words)
        return {"ids": ids, "price": tf.gather(self.price, ids)}


FEATURES = {"x": tf.io.FixedLenFeature([3], tf.float32), "n": tf.io.FixedLenFeature([], tf.int64, default_value=7),
            "tags": tf.io.VarLenFeature(tf.string)}


def scores(examples):
    parsed = tf.io.parse_example(examples, FEATURES)
    tags = tf.sparse.to_dense(parsed["tags"], default_value="")
    return {"score": tf.reduce_sum(parsed["x"], axis=1) * tf.cast(parsed["n"], tf.float32), "first": tf.strings.reduce_join(tags, axis=1)}


def parse_v1():
    examples = v1.placeholder(tf.string, [None], name="examples")
    return {"serving_default": predict({"examples": examples}, scores(examples))}, None


class Parse(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
    def serve(self, examples):
        return scores(examples)


def branch(x, edge):
    return tf.where(x > edge, x * 2.0, -x)


def branch_v1():
    x = v1.placeholder(tf.float32, [None], name="x")
    return {"serving_default": predict({"x": x}, {"y": branch(x, 1234.5)})}, None


class Branch(tf.Module):
    def __init__(self, edge):
        super().__init__()
        self.edge = edge

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def serve(self, x):
        return {"y": branch(x, self.edge)}


def count_v1():
    x = v1.placeholder(tf.float32, [], name="x")
    n = v1.get_variable("n", initializer=np.float32(0), use_resource=False)
    return {"serving_default": predict({"x": x}, {"y": x + v1.assign_add(n, 1.0)})}, None


def noise_v1():
    x = v1.placeholder(tf.float32, [None], name="x")
    return {"serving_default": predict({"x": x}, {"y": x + v1.random_normal([])})}, None


def readfile_v1():
    path = v1.placeholder(tf.string, [], name="path")
    return {"serving_default": predict({"path": path}, {"content": tf.io.read_file(path)})}, None


def fill_v1():
    n = v1.placeholder(tf.int64, [], name="n")
    return {"serving_default": predict({"n": n}, {"y": tf.reduce_sum(tf.fill([n], 1.0))})}, None


def spin_v1():
    n = v1.placeholder(tf.int64, [], name="n")
    return {"serving_default": predict({"n": n}, {"y": tf.while_loop(lambda i: i < n, lambda i: i + 1, [tf.constant(0, tf.int64)])[0]})}, None


def sparse_v1():
    x = v1.sparse_placeholder(tf.float32, [None, 4], name="x")
    return {"serving_default": predict({"x": x}, {"y": tf.sparse.reduce_sum(x, axis=1)})}, None


def cond_v1(flip=False):
    def build():
        x = v1.placeholder(tf.float32, [], name="x")
        p = x < 0 if flip else x > 0
        # The branches are constants: only control edges tell them apart.
        return {"serving_default": predict({"x": x}, {"y": v1.cond(p, lambda: tf.constant(1.0), lambda: tf.constant(2.0))})}, None
    return build


def loop_v1(step=1.5):
    def build():
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        n = v1.placeholder_with_default(np.int32(3), [], name="n")
        w = v1.get_variable("w", initializer=np.float32([[1, 2], [3, 4]]), use_resource=False)
        _, y = v1.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.matmul(y, w) * step), [0, x])
        return {"serving_default": predict({"x": x, "n": n}, {"y": y})}, None
    return build


def array_v1():
    x = v1.placeholder(tf.float32, [None, 2], name="x")
    return {"serving_default": predict({"x": x}, {"y": v1.map_fn(lambda row: row * 2.0 + 1.0, x)})}, None


def assert_v1(limit=10.0):
    def build():
        x = v1.placeholder(tf.float32, [None], name="x")
        with tf.control_dependencies([v1.assert_less(x, limit)]):
            return {"serving_default": predict({"x": x}, {"y": x * 2.0})}, None
    return build


def old_control_flow(name, build):
    """Control flow as TensorFlow 1 has it: Switch and Merge, and loops with frames."""
    v1.disable_control_flow_v2()
    save_v1(name, build)
    v1.enable_control_flow_v2()


class Branches(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="x")])
    def serve(self, x):
        return {"y": tf.cond(x > 0, lambda: tf.constant(1.0), lambda: tf.constant(2.0))}


class Loop(tf.Module):
    def __init__(self, step=1.5):
        super().__init__()
        self.w = tf.Variable(np.float32([[1, 2], [3, 4]]))
        self.step = step

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x"), tf.TensorSpec([], tf.int32, name="n")])
    def serve(self, x, n):
        _, y = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.matmul(y, self.w) * self.step), [0, x])
        return {"y": y}


def partitioned_v1():
    ids = v1.placeholder(tf.int64, [None], name="ids")
    with v1.variable_scope("p", partitioner=v1.fixed_size_partitioner(3), use_resource=False):
        table = v1.get_variable("table", shape=[200, 2], initializer=v1.random_normal_initializer(seed=1))
    return {"serving_default": predict({"ids": ids}, {"rows": v1.nn.embedding_lookup(table, ids, partition_strategy="div")})}, None


def words():
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["x", "y"], [1.5, 2.5]), 0.0)


def words_v1():
    s = v1.placeholder(tf.string, [None], name="s")
    return {"serving_default": predict({"s": s}, {"v": words().lookup(s)})}, v1.tables_initializer()


class Words(tf.Module):
    def __init__(self):
        super().__init__()
        self.table = words()

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="s")])
    def serve(self, s):
        return {"v": self.table.lookup(s)}


def two_tags():
    path = place("two_tags")
    builder = v1.saved_model.Builder(path)
    for first, tags in ((True, ["serve"]), (False, ["serve", "half"])):
        with tf.Graph().as_default(), v1.Session() as sess:
            signatures, _ = softmax_v1()()
            sess.run(v1.global_variables_initializer())
            if first:
                builder.add_meta_graph_and_variables(sess, tags, signature_def_map=signatures)
            else:
                builder.add_meta_graph(tags, signature_def_map=signatures)
    builder.save()


def main():
    save_v1("add_v1", add_v1)
    m = Add()
    save_v2("add_v2", m, {"serving_default": m.serve})
    save_v1("softmax_v1", softmax_v1())
    save_v1("softmax_resource_v1", softmax_v1(resource=True))
    save_v1("softmax_text_v1", softmax_v1(), text=True)
    m = Softmax()
    save_v2("softmax_v2", m, {"serving_default": m.serve})
    other = WEIGHTS.copy()
    other[2, 1] = np.nextafter(other[2, 1], np.float32(9))
    m = Softmax(other)
    save_v2("softmax_ulp_v2", m, {"serving_default": m.serve})
    save_v1("lookup_v1", lookup_v1)
    m = Lookup()
    save_v2("lookup_v2", m, {"serving_default": m.serve})
    save_v1("parse_v1", parse_v1)
    m = Parse()
    save_v2("parse_v2", m, {"serving_default": m.serve})
    save_v1("branch_v1", branch_v1)
    m = Branch(1234.5)
    save_v2("branch_v2", m, {"serving_default": m.serve})
    m = Branch(np.nextafter(np.float32(1234.5), np.float32(2000)))
    save_v2("branch_edge_v2", m, {"serving_default": m.serve})
    for name, build in (("count_v1", count_v1), ("noise_v1", noise_v1), ("readfile_v1", readfile_v1), ("fill_v1", fill_v1),
                        ("spin_v1", spin_v1), ("sparse_v1", sparse_v1)):
        save_v1(name, build)
    old_control_flow("cond_v1", cond_v1())
    old_control_flow("cond_flip_v1", cond_v1(flip=True))
    old_control_flow("loop_v1", loop_v1())
    old_control_flow("loop_step_v1", loop_v1(step=1.25))
    old_control_flow("array_v1", array_v1)
    old_control_flow("assert_v1", assert_v1())
    old_control_flow("assert_limit_v1", assert_v1(limit=11.0))
    m = Branches()
    save_v2("cond_v2", m, {"serving_default": m.serve})
    m = Loop()
    save_v2("loop_v2", m, {"serving_default": m.serve})
    m = Loop(1.25)
    save_v2("loop_step_v2", m, {"serving_default": m.serve})
    save_v1("partitioned_v1", partitioned_v1)
    save_v1("words_v1", words_v1)
    m = Words()
    save_v2("words_v2", m, {"serving_default": m.serve})
    two_tags()
    for name in sorted(os.listdir(HERE)):  # TensorFlow 1 wrote no fingerprint, and old and new are not told apart by it
        fingerprint = os.path.join(HERE, name, "fingerprint.pb")
        if os.path.exists(fingerprint):
            os.remove(fingerprint)


if __name__ == "__main__":
    main()
