// Package tfrt runs models with the TensorFlow that the user has installed.
//
// # How
//
// A model is a program, so it runs in a process of its own: a child of this very program (see Runtime.Command) which loads
// TensorFlow's two shared libraries out of the pip package, makes one session, and answers requests until its input ends. Crash, abort,
// endless loop or want of memory in there is an answer to us and not our end. The messages are TensorFlow's own: a
// CreateSessionRequest first, then RunStepRequests, each answered by a RunStepResponse that carries an error in status_code; each
// goes over the pipe after its length, four bytes little-endian.
//
// The libraries are opened with dlopen and their functions looked up with dlsym (capi.c), so that building needs no TensorFlow and no
// headers, and the program starts without it. Only the build tag tensorflow brings this in, as it needs a C compiler; a build without it
// has everything else and says what is missing.
//
// # Awkward truths
//
//   - libtensorflow_framework must be opened before libtensorflow_cc, both with RTLD_GLOBAL.
//   - The child drops the environment but for a few names: TF_* and OMP_* variables change results.
//   - The child ends itself when its input ends, also in the middle of a call that would never return; so no child outlives us, even
//     when we are killed.
//   - A test binary that starts children has to behave like the program: its TestMain calls Serve when asked to.
package tfrt
