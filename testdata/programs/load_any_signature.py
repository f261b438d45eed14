"""A client that runs whichever signature it is asked for, with what it is given."""
import argparse
import json

import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--dir", default="models/classifier")
parser.add_argument("--signature", default="serving_default")
parser.add_argument("--inputs", default='{"pixels": [[1, 2, 3], [3, 2, 1]]}')


def main():
    args = parser.parse_args()
    with tf.Session(graph=tf.Graph()) as sess:
        meta_graph = tf.saved_model.loader.load(sess, ["serve"], args.dir)
        if args.signature not in meta_graph.signature_def:
            raise SystemExit("no such signature")
        signature = meta_graph.signature_def[args.signature]
        feeds = {signature.inputs[key].name: value for key, value in json.loads(args.inputs).items()}
        fetches = {key: info.name for key, info in signature.outputs.items()}
        for key, value in sorted(sess.run(fetches, feeds).items()):
            print(key, value.dtype, value.tolist())


main()
