//go:build !tensorflow

package main

// tensorFlow tells that the tests have no TensorFlow, so that what imports it is passed over.
const tensorFlow = false
