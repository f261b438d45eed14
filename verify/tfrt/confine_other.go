//go:build !linux

package tfrt

// confinement: only Linux has Landlock.
func confinement() int { return 0 }

func confine(string, []string) error { return nil }
