//go:build tensorflow

// TensorFlow 1.15 was linked for a Python that has this variable; those of 3.9 and later have it no more, and without it the library
// does not load. Nothing reads it, as no Python runs.
int _Py_CheckRecursionLimit = 1000;
