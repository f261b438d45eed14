package verify

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// npzRequests reads the one request of an .npz: a ZIP with a .npy for each input.
func npzRequests(data []byte) ([]Request, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	r := Request{values: map[string]any{}}
	left := int64(maxTensorBytes)
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		b, err := io.ReadAll(io.LimitReader(in, left+1))
		in.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, fmt.Errorf("%s: the arrays are larger than %d bytes together", f.Name, int64(maxTensorBytes))
		}
		if r.values[strings.TrimSuffix(f.Name, ".npy")], err = readNPY(b); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return []Request{r}, nil
}

// numpyTypes are the types that both NumPy and TensorFlow have, as the header of a .npy names them.
var numpyTypes = map[string]DType{
	"<f2": types.DataType_DT_HALF, "<f4": types.DataType_DT_FLOAT, "<f8": types.DataType_DT_DOUBLE,
	"|i1": types.DataType_DT_INT8, "<i2": types.DataType_DT_INT16, "<i4": types.DataType_DT_INT32, "<i8": types.DataType_DT_INT64,
	"|u1": types.DataType_DT_UINT8, "<u2": types.DataType_DT_UINT16, "<u4": types.DataType_DT_UINT32, "<u8": types.DataType_DT_UINT64,
	"|b1": types.DataType_DT_BOOL, "<c8": types.DataType_DT_COMPLEX64, "<c16": types.DataType_DT_COMPLEX128,
}

// maxEmpty bounds strings that have no bytes in the file: NumPy writes none.
const maxEmpty = 1 << 20

var (
	npyDescr   = regexp.MustCompile(`'descr': *'([^']*)'`)
	npyFortran = regexp.MustCompile(`'fortran_order': *True`)
	npyShape   = regexp.MustCompile(`'shape': *\(([0-9, ]*)\)`)
)

// readNPY reads one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
func readNPY(b []byte) (*Tensor, error) {
	if len(b) < 12 || string(b[:6]) != "\x93NUMPY" {
		return nil, errors.New("not a .npy")
	}
	head, n := 10, int(binary.LittleEndian.Uint16(b[8:]))
	if b[6] > 1 {
		head, n = 12, int(binary.LittleEndian.Uint32(b[8:]))
	}
	if n > len(b)-head {
		return nil, errors.New("truncated")
	}
	header, data := string(b[head:head+n]), b[head+n:]
	descr, shape := npyDescr.FindStringSubmatch(header), npyShape.FindStringSubmatch(header)
	if descr == nil || shape == nil {
		return nil, errors.New("an array of records is no tensor")
	}
	t := &Tensor{Dims: []int64{}}
	for _, d := range strings.FieldsFunc(shape[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		v, err := strconv.ParseInt(d, 10, 64)
		if err != nil {
			return nil, err
		}
		t.Dims = append(t.Dims, v)
	}
	if npyFortran.MatchString(header) && len(t.Dims) > 1 {
		return nil, errors.New("in Fortran order; save numpy.ascontiguousarray of it")
	}
	count, ok := elements(t.Dims)
	size, known := 0, false
	if t.DType, known = numpyTypes[descr[1]]; known {
		size = itemSize(t.DType)
	} else if width, err := strconv.Atoi(descr[1][min(2, len(descr[1])):]); err == nil && width >= 0 && strings.Contains("|S <U", descr[1][:2]) {
		t.DType, size = types.DataType_DT_STRING, width
		if descr[1][1] == 'U' {
			size *= 4
		}
	} else {
		return nil, fmt.Errorf("type %q is no type of TensorFlow's, or big-endian, or objects", descr[1])
	}
	if !ok || size > 0 && count > int64(len(data)/size) || count*int64(size) != int64(len(data)) {
		return nil, fmt.Errorf("%d bytes for shape %v and type %s", len(data), t.Dims, descr[1])
	}
	if known {
		t.Data = data
		return t, nil
	}
	if size == 0 && count > maxEmpty {
		return nil, errors.New("too many strings")
	}
	t.Strings = make([]string, 0, count)
	for i := range int(count) {
		s := data[i*size : (i+1)*size]
		if descr[1][1] == 'U' {
			var text []byte
			for ; len(s) >= 4; s = s[4:] {
				text = utf8.AppendRune(text, rune(binary.LittleEndian.Uint32(s)))
			}
			s = text
		}
		t.Strings = append(t.Strings, strings.TrimRight(string(s), "\x00"))
	}
	return t, nil
}
