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
//	client.go   our side of the pipe      serve.go    the child's side        wire.go     what goes over it
//	find.go     where TensorFlow is       library.go  how it is loaded        convert.go  TensorProtos to tensors and back
//
// Graphs, sessions and tensors are those of the Go binding of TensorFlow, github.com/galeone/tensorflow/tensorflow/go. It needs
// TensorFlow's C headers to compile and asks the linker for -ltensorflow; only the build tag tensorflow brings it in, and a build
// without the tag has everything else and says what is missing. The headers come with the pip package (the Makefile sets CGO_CFLAGS). There
// is nothing to link with: link/libtensorflow.a is an archive of no members, and the flags in library.go have the linker leave
// TensorFlow's functions to the dynamic loader, which binds each at its first call. So the program starts without TensorFlow, and by its
// first call the libraries have been opened with dlopen, wherever the user has them.
//
// TensorFlow 1.15 runs, too. Its wheel has no C library, but its Python module exports the C API once the shared library of a Python is
// loaded (openPython) and one variable is defined that Pythons since 3.9 have no more (shim.c). No Python runs.
//
// # Awkward truths
//
//   - libtensorflow_framework must be opened before libtensorflow_cc, both with RTLD_GLOBAL. Without --export-dynamic the linker
//     resolves the functions to address 0.
//   - Functions must be bound when called and not at the start: with LD_BIND_NOW set in the environment, or linked with -z now, the program
//     does not start ("undefined symbol"). The Makefile links with -z lazy, as some compilers bind at the start by default.
//   - The binding's errors have a message and no code. The verdict needs to know a want of memory, whose messages are many, so statusCode
//     reads the code from the TF_Status that the error holds; a test holds that the codes are right.
//   - The binding's ReadTensor panics on half, bfloat16 and quantized types, and NewTensor makes none. These, uint32, uint64 and strings of any
//     shape are made by TensorFlow's op ParseTensor out of the TensorProto. Answers of every type come back as they are.
//   - TensorFlow 1 lays the strings of a tensor out in another way, and lacks the functions that the binding makes them with: there such
//     a tensor is a constant that is made and fetched, and answers are taken apart here (oldStrings).
//   - Loaders in Python leave attributes out that they do not know and that have their default; the C API does not. So a graph that is
//     refused for an attribute is tried once more without those (verify's loads.go).
//   - The binding frees a tensor when Go's collector finds it unused, and the collector does not see C's memory. Every tensor of C has a copy of
//     its size on Go's side, so it runs often enough: requests and answers of 200 MB level off at 1 to 1.8 GB.
//   - The child drops the environment but for a few names: TF_* and OMP_* variables change results.
//   - The child ends itself when its input ends, also in the middle of a call that would never return; so no child outlives us, even
//     when we are killed.
//   - A test binary that starts children has to behave like the program: its TestMain calls Serve when asked to.
package tfrt
