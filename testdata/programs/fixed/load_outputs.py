"""Several outputs of a signature at once, batch by batch."""
import numpy as np
import tensorflow as tf

EXPORT_DIR = "models/classifier"
SIGNATURE = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY


def batches(data, size):
    for i in range(0, len(data), size):
        yield data[i:i + size]


def main():
    data = np.random.RandomState(5).rand(7, 3)
    found = []
    loaded = tf.saved_model.load(EXPORT_DIR, tags=[tf.saved_model.SERVING])
    fn = loaded.signatures[SIGNATURE]
    fn_2 = loaded.signatures["words"]

    for batch in batches(data, 3):
        outputs = fn(pixels=tf.constant(batch, fn.structured_input_signature[1]["pixels"].dtype))
        best, kinds = outputs["scores"].numpy(), outputs["classes"].numpy()
        found.extend(kinds)
        print(best.dtype, best.max(axis=1).round(4))
    word_count = fn_2(words=tf.constant(["one", "three"], fn_2.structured_input_signature[1]["words"].dtype))["lengths"].numpy()
    print(np.array(found).tolist(), word_count)


if __name__ == "__main__":
    main()
