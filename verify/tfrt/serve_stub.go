//go:build !tensorflow

package tfrt

import (
	"errors"
	"io"
)

// Built tells that this program has the runtime in it.
const Built = false

// Serve is not part of this build.
func Serve(string, io.Reader, io.Writer) error {
	return errors.New("this build of tfmigrate has no runtime: build it with -tags tensorflow")
}
