// Package packaging holds the tests of how users get tfmigrate, each done as they do it: the wheel of `make wheel` is installed by pip beside
// TensorFlow 2.15.1, beside 2.21.0 and beside none; pre-commit itself installs and runs the hooks; the steps of the GitHub Action and of the
// GitLab job run in a shell. What is built is a copy of the work tree, in a git repository of its own, so that changes which are not
// committed are tested too.
//
// It needs the build tag tensorflow and what `make test` sets up (.venv and .cache/packaging), and fails without. The registries of Python are asked for
// what pip builds with. Of the action, the steps that are actions of others are not run.
package packaging
