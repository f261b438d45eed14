"""How it used to be done:

    builder = tf.saved_model.builder.SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(sess, ["serve"])
    builder.save()
"""
# tf.saved_model.loader.load(sess, [tag_constants.SERVING], export_dir)
REPLACED = {
    "tf.saved_model.Builder": "tf.saved_model.save",
    "tf.saved_model.simple_save(sess, path, inputs, outputs)": "tf.saved_model.save",
    "estimator.export_savedmodel": "tf.saved_model.save",
}

for old, new in sorted(REPLACED.items()):
    print("%s -> %s  # was tf.train.import_meta_graph" % (old, new))
