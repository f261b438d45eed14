//go:build !race

package tfrt

// raceEnabled tells of a build with the race detector.
const raceEnabled = false
