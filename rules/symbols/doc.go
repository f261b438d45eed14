// Package symbols knows TensorFlow's public names: which of tf.compat.v1 the TensorFlow 2 API still has under the same name, and
// whether it is the very same object there. That is the only sound reason to leave a TensorFlow 1 name alone: a name that exists
// in both and means something else (nn.softmax, saved_model.load) breaks without a sound.
//
// The tables are generated from installed wheels by gen.py (make symbols) and embedded:
//
//   - api.txt, a line for each name below tf.compat.v1 of 2.15.1: name; kind (m module, c class, f function, k constant); one
//     letter for 2.15.1 and one for 2.21.0 (= same object, ~ another object, - missing from tf, x gone from tf.compat.v1 too);
//     the canonical name where it is another; the name below tf of the very same object where it is another. Columns are
//     separated by tabs, empty ones at the end left out.
//   - python.txt: full module path below tensorflow.python or tensorflow_estimator; the canonical name of what it is; where not both
//     releases have the path, one letter for each (= can be imported, x can't). Paths that only TensorFlow 1 had are among them.
//
// Awkward truths. A module never counts as the same, since each API has its own namespace object; its members count. Constants
// have no identity: they are the same when type and value are, and which names share one is taken from TensorFlow's own export
// records. tf.compat.v1.keras is Keras 2 with version 1 behaviour on 2.15.1, and Keras 3 itself on 2.21.0. Class members are not
// listed (GraphKeys.GLOBAL_VARIABLES): Find returns the class and what is left. tf.contrib is not listed: no wheel that installs
// has it.
package symbols
