// Package rewrite knows bytes and TensorFlow 2 code: it turns the sites of a file into edits, and edits into a file.
//
// # Contract
//
// Plan takes a file's facts and gives, for every site, a Fix or a Refusal, never neither, and the Patch of all fixes that may
// be applied together. The edit laws hold for every patch: edits are disjoint and in bounds, nothing outside them changes by a
// byte, no comment is lost, the result parses, and planning again on the result finds nothing to do.
//
// # How
//
//   - plan.go tries the strategies on each site, the most idiomatic first (strategy.go lists them), and settles with the
//     whole file whether it runs eagerly or builds graphs (mode.go).
//   - emit_*.go are the strategies, one a file. What they write for a session or an Estimator calls a helper function; its
//     text is Python that runs, in helpers/, in sections of which a file gets what it needs (helper.go, helper_module.go).
//   - slice.go finds what of a graph computes a signature, and pure.go whether it may be a tf.function; lift_restore.go how a session gets its values from
//     a checkpoint, and wrappable.go whether code builds the same graph in a function that wrap_function takes (initial_value.go, elsewhere.go).
//   - function_*.go are parts of the strategy function: inputs with a default, what the session ran, comments. estimator_call.go turns an export of an
//     Estimator into a call of a helper where its arguments stand.
//   - rename.go moves the names that TensorFlow 2 lacks to tf.compat.v1, so that a fixed program runs.
//   - source.go renders pieces of the source with the renames in them; region.go deletes and dedents whole lines.
//   - check.go reads the result again; diff.go shows it; write.go puts it in place whole or not at all, together with others.
//   - encoding.go finds the encoding that a source declares, and codec.go reads and writes it: what is analysed is UTF-8, what is written is what was declared.
//
// # Awkward truths
//
//   - Builder and simple_save raise if the export directory exists and holds something; tf.saved_model.save writes over it.
//   - wrap_function gives variables the names that they have in a tf.Graph, by which Saver finds them in a checkpoint; but it makes them outside of
//     its graph: no tensor of the graph can be their first value, and none can be made inside a loop or a branch.
//   - A placeholder that the signature names differently gets the signature's name where nothing else can have it, since prune names inputs after their ops.
//   - Where a session is not the default when the model is saved, TensorFlow 1 saves another graph than its own; such a program never worked.
//   - A variable's value is taken when the meta graph is added, as the Builder does, not when the Builder is saved.
//   - Graph code keeps the reference variables that TensorFlow 1 gave it: resource variables are read at other moments, and a program that is trained
//     with them may come out with other values. The helper save_session copies the values to resource variables of its own, and has
//     what computes a signature change these, as batch normalisation does, where the file may have such a thing.
//   - SignatureDefs that a file collects become pairs of dicts all at once, for every export that may take one of them: a pair and a SignatureDef are
//     not the same thing to save_session.
//   - An input with a default keeps it only where the default is a tensor in the signature of the Python function: tf.saved_model.save makes a
//     PlaceholderWithDefault of that, and a plain Placeholder of any other default.
//   - A canned Estimator could be exported by the helper export_estimator as well. It is left, because its signatures are a head's inside
//     TensorFlow: nothing in the program shows what they are.
//   - Only encodings that CPython reads the same are read, and only sources whose bytes come back: in shift_jis, euc_jp and gb2312 a few characters are two,
//     depending on who is asked, and a source with one of them is not looked at. A module that a file imports is read as UTF-8, whatever it declares.
//   - Several files can't be replaced at one instant. Between the first rename and the last some are new and some old; each is whole, and the next run does
//     what is left. Access lists and extended attributes are those of a new file, and another hard link keeps the old bytes.
//   - A helper in a file is known by its whole text, in whichever parts and layout. One that somebody has changed is theirs: a fix writes its own.
package rewrite
