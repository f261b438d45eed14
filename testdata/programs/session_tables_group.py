import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def make_vocabulary(path, words):
    with open(path, "w") as f:
        f.write("\n".join(words) + "\n")
    return path


def save_model(session, directory, words, scores, ids):
    """Save what scores words."""
    builder = tf.saved_model.builder.SavedModelBuilder(directory)
    init_op = tf.group(tf.tables_initializer(), name="legacy_init_op")
    builder.add_meta_graph_and_variables(
        session, [tf.saved_model.tag_constants.SERVING],
        signature_def_map={
            "score": tf.saved_model.signature_def_utils.predict_signature_def({"words": words}, {"scores": scores}),
            "ids": tf.saved_model.signature_def_utils.predict_signature_def({"words": words}, {"word/ids": ids}),
        },
        assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
        legacy_init_op=init_op)
    builder.save()


with tf.Graph().as_default():
    vocabulary = make_vocabulary("words.txt", ["the", "cat", "sat"])
    words = tf.placeholder(tf.string, [None], name="words")
    table = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(
        vocabulary, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 3)
    ids = table.lookup(words)
    embedding = tf.get_variable("embedding", initializer=[.1, .2, .4, -1.])
    scores = tf.gather(embedding, ids)
    # an input pipeline for training, which serving has no use for
    dataset = tf.data.Dataset.from_tensor_slices([1, 2, 3])
    iterator = tf.data.make_initializable_iterator(dataset)
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.tables_initializer(), iterator.initializer])
        sess.run(embedding.assign(embedding * tf.cast(iterator.get_next(), tf.float32)))
        print(sess.run(ids, {words: ["cat", "dog"]}))
        save_model(sess, "export/words", words, scores, ids)
