//go:build tensorflow

package main

// tensorFlow tells that the tests have TensorFlow.
const tensorFlow = true
