// Package rules knows TensorFlow: which calls save and load models, what they mean, and what has become of them.
//
// # Contract
//
// Check lifts the sites of a file and lets every rule speak about them. A site (site.go) says what is exported or loaded, not how: a
// Builder with three calls and a simple_save are the same Export. A finding is one place of the source; the findings of one site
// carry the same Site, so that what reports them can show them together and what rewrites them sees the whole.
//
// # How
//
// tensorflow.go turns a dotted path into TensorFlow's public name, by the generated table in rules/symbols. lift_*.go build the
// sites; ends.go says by what last names functions that are sought may be called, so that most calls are passed over. Each rule is a file named <pack>_<name>.go with everything about it: its code, what it finds, why it matters, and a
// Before and After that are its test and its documentation. registry.go lists them.
//
// # Awkward truths
//
//   - tf.saved_model.load means one thing in TensorFlow 1 and another in 2, under the same name. What tells them apart is the
//     session in front of the arguments.
//   - A method call is a finding only where its receiver is known, from what makes it, from the callers in view, or from arguments that nothing else
//     takes: builder.save() on a parameter of which nothing is known is silent.
//   - A severity is what is known of two releases: 2.15.1 speaks for every target up to 2.15, and 2.21.0 for those from 2.16 on. A private
//     path that an early TensorFlow 2 still had is said to break there too. A name that leads through plain tensorflow in one way and through
//     tf.compat.v1 in another is judged as the latter, which is what a program takes that asks for the version, and is renamed as the former.
//   - Some things that tf.compat.v1 keeps are not findings at all when they are reached through it, because nothing has to be done about
//     them: is_valid_signature, load_v2, write_graph of a graph that is not frozen.
//   - tf.contrib is reported once a file, and only where the file saves or loads: what takes its place differs from call to call.
package rules
