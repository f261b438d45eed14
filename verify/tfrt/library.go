//go:build tensorflow

package tfrt

/*
#cgo LDFLAGS: -L${SRCDIR}/link -Wl,--export-dynamic -Wl,--unresolved-symbols=ignore-in-object-files -ldl
#include <dlfcn.h>
#include <stdlib.h>
#include "tensorflow/c/tf_status.h"
*/
import "C"

import (
	"errors"
	"path/filepath"
	"reflect"
	"runtime"
	"unsafe"
)

// openLibraries loads TensorFlow out of its pip package. The binding's calls are bound to it at their first use, so no function of the
// binding may be called before.
func openLibraries(dir string) error {
	for _, name := range []string{frameworkLibrary, ccLibrary} {
		path := C.CString(filepath.Join(dir, name))
		defer C.free(unsafe.Pointer(path))
		if C.dlopen(path, C.RTLD_LAZY|C.RTLD_GLOBAL) == nil {
			return errors.New(C.GoString(C.dlerror()))
		}
	}
	return nil
}

// Codes of TensorFlow (tsl/protobuf/error_codes.proto) for failures that are not its own.
const (
	statusUnknown  = 2
	statusInvalid  = 3
	statusInternal = 13
)

// statusCode is TensorFlow's code of an error of the binding, statusUnknown for any other error. The binding keeps the TF_Status in its
// error (status.go) and has no function that tells the code.
func statusCode(err error) int {
	v := reflect.ValueOf(err)
	if v.Type().String() != "*tensorflow.statusError" {
		return statusUnknown
	}
	code := C.TF_GetCode((*C.TF_Status)(v.Elem().FieldByName("c").UnsafePointer()))
	runtime.KeepAlive(err)
	return int(code)
}
