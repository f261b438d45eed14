// Package verify knows SavedModels: it reads two of them without TensorFlow and tells whether they answer the same.
//
// # Contract
//
// Read reads a directory and Compare compares two. A Verdict is Proved (equal for every input), Tested (equal on every input that
// was tried), Different (a client could notice) or Unknown (it could not be told, and the report says why). The zero value is
// Unknown; the verdict of a whole is the weakest of its parts; nothing compared is Unknown. Nothing is run that could do more than
// compute, unless the user names the op; and whatever is run, runs in another process, behind the interface Runtime.
//
// # How
//
//	savedmodel.go  the directory, its meta graphs, assets          signature.go  what a signature declares, and the static tier
//	table.go       the index of a checkpoint (a LevelDB table)     bundle.go     the checkpoint's tensors, checksums verified
//	graph.go       what a tensor depends on                        ops.go        what is known of TensorFlow's ops, and which may run
//	flatten.go     a signature's graph with its calls inlined      session.go    the part of a graph to run, and how it is loaded
//	branches.go    conditionals of both kinds in one form          state.go      what variables and tables hold after loading
//	canon.go       the canonical form and its digests              prove.go      two signatures proved equal
//	loops.go       loops of both kinds in one form                 outline.go    what is known of shapes without an input
//	fold.go        stored values that are put together             unlike.go     what either of two models has alone
//	watch.go       whether inputs showed what that does            looped.go     what loops compute, where nobody can watch
//	patterns.go    text that a regular expression matches          inputs.go     what the graphs say about what is fed
//	turns.go       inputs at which a model turns                   twins.go      what is almost equal, and so makes tests doubtful
//	hints.go       what a graph says about good inputs             feeds.go      the inputs; example.go, images.go those of a format
//	requests.go    the user's inputs (JSON; npz.go NumPy's)        records.go    TFRecords: tf.Examples and warm-up requests
//	shrink.go      the counterexample made smaller, and written    tolerance.go  near enough, where the user says so; how far apart
//	run.go         both models side by side                        survey.go     how far apart over more inputs
//	contents.go    what two models store, compared by bytes        compare.go    the order of all this; report.go its result
//	all.go         many models, paired by name and version         loads.go      whether a model loads on one TensorFlow
//
// And for inspect:
//
//	summary.go     what a SavedModel holds                         objects.go    the object graph of TensorFlow 2
//	salvage.go     what is left of a damaged one                   releases.go   which releases know its ops, which loaders take it
//	picture.go     the graph of a signature, to be drawn
//
// The static tier comes first: tag sets, signature keys, names, types, shapes, method names. What it finds settles a signature.
// Otherwise both models are given the same inputs, made from the signature and from what the graph says about it, and asked twice
// where chance or state could have a hand in the answer.
//
// # Awkward truths
//
//   - Grappler changes bits, and TensorFlow 2 stores a session configuration in every call node: both graphs are rewritten to run as
//     they are written, on one thread (SessionConfig).
//   - Equal means equal bits, so -0.0 is not 0.0; but any NaN equals any NaN, whose sign and payload mean nothing in TensorFlow.
//   - An input on which both models fail says nothing and is not counted. One on which one fails is a difference, unless the machine is
//     to blame (time, memory): then nothing is known.
//   - An output's static shape is often lost by a sound migration: a note. An input that accepts less than before is a break.
//   - A 0-byte saved_model.pb is a valid protobuf; it is an error here.
//   - fingerprint.pb decides nothing: TensorFlow 1 wrote none.
//   - Names of variables decide nothing either: equal names can belong to different variables.
//   - TensorFlow's loader feeds the path of every asset to a tensor; a path that leaves the directory is refused.
package verify
