//go:build race

package tfrt

// raceEnabled: the race detector maps terabytes, so address space cannot be limited.
const raceEnabled = true
