// Package programs holds the behaviour test: every program of testdata/programs is run under TensorFlow 1's semantics, linted,
// fixed, run on TensorFlow 2 and verified, and what fix writes is kept in testdata/programs/fixed (go test -update). It needs
// the build tag tensorflow and the environment that `make venv` makes, and fails without.
package programs
