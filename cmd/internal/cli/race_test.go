//go:build race

package cli

// raceFactor is how many times more memory a program may take under the race detector, which shadows what it watches.
const raceFactor = 4
