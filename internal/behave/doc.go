// Package behave runs Python programs under TensorFlow 1's semantics and under plain TensorFlow 2, so that what a fix does is
// judged by what the fixed program does. Only tests and the guide's table import it.
//
// testdata/programs holds the programs, each with a sidecar that says what it writes and which lines are sites (Program). A
// Server is one Python process that has imported TensorFlow and forks a child for each program: the import takes seconds, a
// program a fraction of one. Check takes a program the whole way: run, lint, fix, lint again, run, verify.
//
// Awkward truths. TensorFlow 1 does not install on a Python of today; testdata/programs/run_tf1.py says what stands in for it.
// Under TensorFlow 2 the server makes TensorFlow 1's saving and loading calls raise, because nearly all of them still work
// through tf.compat.v1 and a program that kept one would look migrated. A Server runs one program at a time.
package behave
