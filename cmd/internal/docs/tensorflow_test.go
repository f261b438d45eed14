//go:build tensorflow

package docs

// tensorFlow tells that the tests have TensorFlow.
const tensorFlow = true
