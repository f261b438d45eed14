//go:build !linux

package tfrt

// limitMemory does nothing where the limit is not known to be kept.
func limitMemory() {}
