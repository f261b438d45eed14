// Package prove runs a program in copies of the project that it belongs to, and tells what it exported there.
//
// # Contract
//
// A Stage holds copies of a project's directory. Its Run makes one, with files in it as a fix would leave them, and runs a command there, in the shell
// and with the Python of the user. Nothing outside of the copy is written by the package itself. What comes back is how the command ended, the SavedModels
// that are there now and were not before, which Python files and notebooks of the copy were read or executed, and which TensorFlow did it.
//
// # How
//
// A directory with a sitecustomize.py (record.py, in here) goes in front of PYTHONPATH. Every Python of the command imports it when it starts. It
// notes by an audit hook (Python 3.8 and later) what is executed and opened, and with a switch it gives TensorFlow 2's tf.compat.v1 the name
// tensorflow, with TensorFlow 1's behaviour: so a program for TensorFlow 1 runs where there is only TensorFlow 2.
//
// # Awkward truths
//
//   - A program that names files by absolute paths works on these, and not on the copy. Its exports are not found then, and neither are the
//     files that it runs: the caller has to take that for not knowing.
//   - A Python that is told to ignore its environment (-I, -E) notes nothing.
//   - A virtual environment in the project is not copied but linked to, and .git is left out.
package prove
