package verify

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tfmigrate/tfmigrate/internal/modeltest"
)

func requestsFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	modeltest.Write(t, path, []byte(content))
	return path
}

// fed prints the values of a sample.
func fed(s Sample) string {
	var all []string
	for _, name := range sortedKeys(s.Values) {
		all = append(all, name+"="+s.Values[name].String())
	}
	return strings.Join(all, " ")
}

// TestJSONRequests reads requests in every form, and others that are none.
func TestJSONRequests(t *testing.T) {
	open := func(name string, d DType, dims ...int64) Param {
		return Param{Name: name, DType: d, Shape: Shape{Known: true, Dims: dims}, Tensors: []string{name + ":0"}}
	}
	one := &Signature{Key: "one", Inputs: []Param{open("x", types.DataType_DT_FLOAT, -1, 2)}}
	two := &Signature{Key: "two", Inputs: []Param{open("n", types.DataType_DT_INT8, -1), open("s", types.DataType_DT_STRING, -1)}}
	big := &Signature{Key: "big", Inputs: []Param{open("u", types.DataType_DT_UINT64)}}
	flag := &Signature{Key: "flag", Inputs: []Param{open("b", types.DataType_DT_BOOL, -1)}}
	tests := []struct {
		sig       *Signature
		json      string
		want, err string
	}{
		{one, `{"x": [[1, -0.0], ["NaN", "-Infinity"]]}`, "x=float32[2,2]{1 -0 NaN -Inf}", ""},
		{one, `{"inputs": [[1, 2]]}`, "x=float32[1,2]{1 2}", ""},
		{one, `{"inputs": {"x": [[1, 2]]}, "signature_name": "one"}`, "x=float32[1,2]{1 2}", ""},
		{one, `{"instances": [[1, 2], [3, 4]]}`, "x=float32[2,2]{1 2 3 4}", ""},
		{one, `{"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}`, "x=float32[2,2]{1 2 3 4}", ""},
		{one, `{"x": {"shape": [0, 2], "values": []}}`, "x=float32[0,2]{}", ""},
		{one, `{"x": [[0.1, 16777217]]}`, "x=float32[1,2]{0.1 1.6777216e+07}", ""},
		{two, `{"n": [-128, 127], "s": ["Zoë", {"b64": "/wA="}]}`, `n=int8[2]{-128 127} s=string[2]{"Zo\u00eb" "\xff\x00"}`, ""},
		{two, `{"n": [], "s": []}`, "n=int8[0]{} s=string[0]{}", ""},
		{big, `{"u": 18446744073709551615}`, "u=uint64[]{18446744073709551615}", ""},
		{flag, `{"b": [true, false]}`, "b=bool[2]{true false}", ""},

		{one, `{"inputs": [[1, 2]], "signature_name": "other"}`, "", `it is for signature "other"`},
		{one, `{"x": [[1, 2, 3]]}`, "", "shape [1, 3] where the signature has [None, 2]"},
		{one, `{"x": [[1, 2], [3]]}`, "", "not equally long"},
		{one, `{"x": [[1, [2]]]}`, "", "not equally deep"},
		{one, `{"x": [["one", 2]]}`, "", `"one" is no float32`},
		{one, `{"x": [[1e400, 2]]}`, "", "is no float32"},
		{one, `{"y": [[1, 2]]}`, "", `no input "x"`},
		{one, `{"x": [[1, 2]], "y": 1}`, "", `signature "one" has no input "y"`},
		{one, `{"x": {"shape": [1, 2], "values": [1]}}`, "", "does not fit its values"},
		{one, `{"x": {"shape": [1099511627776, 1099511627776], "values": [1]}}`, "", "does not fit its values"},
		{two, `{"n": [128], "s": ["a"]}`, "", "128 is no int8"},
		{two, `{"n": [1.5], "s": ["a"]}`, "", "1.5 is no int8"},
		{two, `{"n": [1], "s": [1]}`, "", "1 is no string"},
		{two, `{"n": [1], "s": [{"b64": "?"}]}`, "", "illegal base64"},
		{flag, `{"b": [1]}`, "", "1 is no bool"},
		{big, `{"u": -1}`, "", "-1 is no uint64"},
	}
	for _, test := range tests {
		all, err := ReadRequests(requestsFile(t, "requests.json", test.json))
		if err != nil || len(all) != 1 || all[0].Note != "requests.json" {
			t.Errorf("%s: %v, %v", test.json, all, err)
			continue
		}
		s, err := all[0].sample(test.sig)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, %v; want %s", test.json, fed(s), err, test.err)
			}
			continue
		}
		if got := fed(s); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", test.json, got, err, test.want)
		}
	}
	several, err := ReadRequests(requestsFile(t, "r.jsonl", "{\"x\": 1}\n[{\"x\": 2}, {\"x\": 3}]\n"))
	if err != nil || len(several) != 3 || several[2].Note != "r.jsonl, request 3" {
		t.Errorf("%v, %v", several, err)
	}
}

// TestRequestFileErrors holds that a file of requests that cannot be used is an error which names it.
func TestRequestFileErrors(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"", "empty"},
		{"x = 1", "neither JSON, nor an .npz, nor a TFRecord"},
		{"[]", "holds no request"},
		{"[1]", "a request is an object"},
		{`{"x": `, "unexpected EOF"},
		{`{"instances": []}`, `neither "inputs" nor "instances"`},
		{`{"instances": [{"x": 1}, {"y": 1}]}`, "not every instance"},
		{`{"instances": [{"x": 1}, 2]}`, "not all alike"},
		{"PK\x03\x04 and no more", "zip"},
		{"[" + strings.Repeat("{},", maxRequests) + "{}]", "1001 requests"},
	} {
		path := requestsFile(t, "in", test.content)
		_, err := ReadRequests(path)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%.40q: %v; want %s", test.content, err, test.want)
		}
	}
}

// TestNPZ reads what NumPy wrote (testdata/requests/make.py).
func TestNPZ(t *testing.T) {
	dir := filepath.Join("..", "testdata", "requests")
	all, err := ReadRequests(filepath.Join(dir, "types.npz"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	want := map[string]string{
		"half": "float16[1,2]{1.5 -0}", "float": "float32[]{2.5}", "double": "float64[0,3]{}", "int": "int64[2]{-1 1099511627776}",
		"uint": "uint64[1]{18446744073709551615}", "bool": "bool[2]{true false}", "complex": "complex64[1]{(1-2i)}",
		"text": `string[2]{"Zo\u00eb" ""}`, "bytes": `string[2,1]{"ab" "c"}`,
	}
	for name, v := range all[0].values {
		if got := v.(*Tensor).String(); got != want[name] {
			t.Errorf("%s: %s, want %s", name, got, want[name])
		}
	}
	if len(all[0].values) != len(want) {
		t.Errorf("%d arrays, want %d", len(all[0].values), len(want))
	}
	if _, err := ReadRequests(filepath.Join(dir, "fortran.npz")); err == nil || !strings.Contains(err.Error(), "x.npy: in Fortran order") {
		t.Errorf("Fortran order: %v", err)
	}
	for _, bad := range []string{"", "\x93NUMPY\x01\x00\xff\xff{}", npy("{'descr': '>f4', 'shape': (1,), }", "1234"), npy("{'descr': '|O', 'shape': (1,), }", "1234"),
		npy("{'descr': '<f4', 'shape': (2,), }", "1234"), npy("{'descr': '<f4', 'shape': (99999999999, 99999999999), }", "1234"),
		npy("{'descr': '|S0', 'shape': (99999999999,), }", ""), npy("{'descr': '<', 'shape': (1,), }", "1234"), npy("{'shape': (1,), }", "1234")} {
		if v, err := readNPY([]byte(bad)); err == nil {
			t.Errorf("%q was read: %v", bad, v)
		}
	}
}

func npy(header, data string) string {
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(header)))) + header + data
}

// record frames one record of a TFRecord.
func record(b []byte) []byte {
	le := binary.LittleEndian
	masked := func(b []byte) uint32 {
		sum := crc32.Checksum(b, castagnoli)
		return (sum>>15 | sum<<17) + 0xa282ead8
	}
	head := le.AppendUint64(nil, uint64(len(b)))
	return le.AppendUint32(append(le.AppendUint32(head, masked(head)), b...), masked(b))
}

// TestRecords reads what TensorFlow wrote (testdata/requests/make.py), whole and damaged.
func TestRecords(t *testing.T) {
	path := filepath.Join("..", "testdata", "requests", "examples.tfrecord")
	all, err := ReadRequests(path)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	for dims, want := range map[int]string{0: "examples=string[]{", 1: "examples=string[1]{"} {
		in := Param{Name: "examples", DType: types.DataType_DT_STRING, Shape: Shape{Known: true, Dims: []int64{-1}[:dims]}}
		s, err := all[0].sample(&Signature{Inputs: []Param{in}})
		if err != nil || !strings.HasPrefix(fed(s), want) {
			t.Errorf("%s, %v; want %s", fed(s), err, want)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, second := record([]byte(all[0].values[""].(*Tensor).Strings[0])), record([]byte(all[1].values[""].(*Tensor).Strings[0]))
	if got := slices.Concat(first, second); string(got) != string(data) {
		t.Errorf("written again it is %q", got)
	}
	for at := 1; at < len(data); at++ {
		if at != len(first) {
			if _, err := readRecords(data[:at]); err == nil {
				t.Errorf("cut at %d it was read", at)
			}
		}
		damaged := append([]byte{}, data...)
		damaged[at] ^= 1
		if _, err := readRecords(damaged); err == nil {
			t.Errorf("damaged at %d it was read", at)
		}
	}
}

// message frames fields of a protobuf, each a number and its bytes.
func message(fields ...any) []byte {
	var b []byte
	for i := 0; i < len(fields); i += 2 {
		b = protowire.AppendTag(b, protowire.Number(fields[i].(int)), protowire.BytesType)
		b = protowire.AppendBytes(b, fields[i+1].([]byte))
	}
	return b
}

// TestRequestsAreTried has models that differ on one value alone, which no generator makes.
func TestRequestsAreTried(t *testing.T) {
	const magic = 123456.789
	odd := on(func(_ int, v *Tensor) bool {
		return len(v.Data) >= 4 && math.Float32frombits(binary.LittleEndian.Uint32(v.Data)) == magic
	}, refuse, same)
	x := &Tensor{DType: types.DataType_DT_FLOAT, Dims: []int64{1, 3}, Data: make([]byte, 12)}
	binary.LittleEndian.PutUint32(x.Data, math.Float32bits(magic))
	tensor, err := proto.Marshal(x.Proto())
	if err != nil {
		t.Fatal(err)
	}
	entry := message(1, []byte("x"), 2, tensor)
	predict := func(signature string) []byte {
		return record(message(6, message(1, message(1, message(1, []byte("model"), 3, []byte(signature)), 2, entry))))
	}
	file, err := ReadRequests(requestsFile(t, "r.json", `{"x": [[123456.789, 0, 0]]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		opt    Options
		warmUp []byte
		want   Verdict
		note   string // of the counterexample, or else of the report
	}{
		{"made up", Options{}, nil, Tested, ""},
		{"a file", Options{Requests: file}, nil, Different, "r.json"},
		{"warm-up", Options{}, predict("serving_default"), Different, "warm-up request 1"},
		{"warm-up of the default signature", Options{}, predict(""), Different, "warm-up request 1"},
		{"warm-up of another signature", Options{}, predict("other"), Tested, ""},
		{"other kinds of warm-up", Options{}, record(message(5, []byte{})), Tested, "1 warm-up request was not tried"},
		{"damaged warm-up", Options{}, predict("")[:20], Tested, "tf_serving_warmup_requests: truncated or corrupt"},
	} {
		old := modeltest.Copy(t, "softmax_v1")
		if test.warmUp != nil {
			if err := os.Mkdir(filepath.Join(old, "assets.extra"), 0o755); err != nil {
				t.Fatal(err)
			}
			modeltest.Write(t, filepath.Join(old, warmUpFile), test.warmUp)
		}
		opt := test.opt
		opt.Runtime, opt.NoProof, opt.Seed = fakeRuntime{same, odd}, true, 5
		r, err := Compare(context.Background(), read(t, old), read(t, modeltest.Dir(t, "softmax_v2")), opt)
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(r.Notes, "\n")
		if c := r.Signatures[0].Counterexample; c != nil {
			notes = c.Note
		}
		if r.Verdict != test.want || !strings.Contains(notes, test.note) {
			t.Errorf("%s: %v, %s; want %v, %s", test.name, r.Verdict, notes, test.want, test.note)
		}
	}
	file[0].Signature = "other"
	_, err = Compare(context.Background(), read(t, modeltest.Dir(t, "softmax_v1")), read(t, modeltest.Dir(t, "softmax_v2")), Options{Requests: file})
	if err == nil || !strings.Contains(err.Error(), "r.json: fits no signature of") {
		t.Errorf("a request that fits nothing: %v", err)
	}
}
