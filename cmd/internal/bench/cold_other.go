//go:build unix && !linux

package main

import "errors"

func forget([]file) (float64, error) {
	return 0, errors.New("only Linux can be asked to drop files from its memory")
}
