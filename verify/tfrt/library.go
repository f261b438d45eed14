//go:build tensorflow

package tfrt

/*
#cgo LDFLAGS: -L${SRCDIR}/link -Wl,--export-dynamic -Wl,--unresolved-symbols=ignore-in-object-files -ldl
#include <dlfcn.h>
#include <stdlib.h>
#include "tensorflow/c/c_api.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"unsafe"
)

// openLibraries loads TensorFlow out of its pip package. The binding's calls are bound to it at their first use, so no function of the
// binding may be called before.
func openLibraries(dir string) error {
	names := librariesIn(dir)
	if slices.Contains(names, oldLibrary) {
		if err := openPython(); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := open(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// librariesIn are the libraries of the package in dir, in the order in which they are to be loaded.
func librariesIn(dir string) []string {
	if isFile(filepath.Join(dir, oldLibrary)) && isFile(filepath.Join(dir, oldFrameworkLibrary)) {
		return []string{oldFrameworkLibrary, oldLibrary}
	}
	return []string{frameworkLibrary, ccLibrary}
}

func open(name string) error {
	path := C.CString(name)
	defer C.free(unsafe.Pointer(path))
	if C.dlopen(path, C.RTLD_LAZY|C.RTLD_GLOBAL) == nil {
		return errors.New(C.GoString(C.dlerror()))
	}
	return nil
}

// pythons are the libraries that have what the Python module of TensorFlow 1 refers to, with shim.c; 3.12 has it no more.
var pythons = []string{"libpython3.11.so.1.0", "libpython3.10.so.1.0", "libpython3.9.so.1.0", "libpython3.8.so.1.0", "libpython3.7m.so.1.0"}

// openPython loads some Python's library, where the dynamic loader finds it: the C API of TensorFlow 1 is part of its Python module. No
// Python is started.
func openPython() error {
	var why error
	for _, name := range pythons {
		err := open(name)
		if err == nil {
			return nil
		}
		if why == nil {
			why = err
		}
	}
	return fmt.Errorf("TensorFlow 1 needs the shared library of a Python from 3.7 to 3.11 (on Debian, apt install libpython3.11; LD_LIBRARY_PATH is searched): %w", why)
}

// opList is the serialised OpList of the library.
func opList() []byte {
	buf := C.TF_GetAllOpList()
	defer C.TF_DeleteBuffer(buf)
	return C.GoBytes(buf.data, C.int(buf.length))
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
