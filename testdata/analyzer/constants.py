"""Constants, and what only looks like one."""
import os
import tensorflow as tf

BASE = "/models"
NAME = "m-%s-%d" % ("a", 3)
path = os.path.join(BASE, NAME, "{}".format(1))
tf.save(path)
tags = [tf.saved_model.tag_constants.SERVING]
tf.save(tags)
changed = ["a"]
changed.append("b")
tf.save(changed)
aliased = ["a"]
alias = aliased
alias += ["b"]
tf.save(aliased)
handed = ["a"]


def change(what):
    what.append("b")


change(handed)
tf.save(handed)
kept = ["a", "b"]
for k in kept:
    print(k, len(kept), kept[0])
tf.save(kept)
count = 1
count = count + 1
tf.save(str(count))
while count:
    count = count + 1
tf.save(str(count))
if count:
    either = "a"
else:
    either = "b"
tf.save(either)
tf.save("a" if count else "b")
tf.save("a" if BASE else "b")
tf.save(f"{BASE}/x", f"a{{b}}" + "c")
tf.save(b"bytes" + b"more", "\N{BULLET}" + "x")
tf.save(-7 // 2, -7 % 3, 0x10 + 1, 1 / 2, "x" * 3)
tf.save("x" * 10**9, ["x"] * 100000)


def parameter(path, tag="serve"):
    tf.save(path + "x", tag + "x")


class Config:
    tag = "serve"
    path = BASE + "/c"


tf.save(Config.tag + "", Config.path + "")
