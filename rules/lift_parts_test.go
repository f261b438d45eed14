package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// Each source ends in an export, or in something like one; the comment `part` marks the lines that belong to it, besides the Builder's own.
func TestPartsOfSignatureMap(t *testing.T) {
	const export = `

builder = tf.saved_model.Builder("export")
builder.add_meta_graph_and_variables(sess, ["serve"], signature_def_map=signatures)
builder.save()
`
	for name, src := range map[string]string{
		"comprehension": `
signatures = {"serving_default": sm.build_signature_def( # part
    {k: sm.build_tensor_info(v) for k, v in inputs.items()}, # part
    {k: sm.build_tensor_info(v) for k, v in outputs.items()}, # part
    "tensorflow/serving/predict")}`,
		"function": `
def signature(x, y):
    infos = {"x": sm.build_tensor_info(x)} # part
    return sm.build_signature_def(infos, {"y": sm.build_tensor_info(y)}, "tensorflow/serving/predict") # part

signatures = {"serving_default": signature(a, b)}`,
		"several values of a function": `
def sides(x, y):
    ins = {"x": sm.build_tensor_info(x)} # part
    outs = {"y": sm.build_tensor_info(y)} # part
    return ins, outs

ins, outs = sides(a, b)
signatures = {"serving_default": sm.build_signature_def(ins, outs)} # part`,
		"loop": `
signatures = {}
for key, (x, y) in heads:
    signatures[key] = sm.predict_signature_def({"x": x}, {"y": y}) # part`,
		"update": `
signatures = dict(first=sm.predict_signature_def(a, b)) # part
signatures.update({"second": sm.predict_signature_def(c, d)}) # part`,
		"another's": `
other = {"x": sm.predict_signature_def(a, b)}
log(other)
signatures = make()`,
		"not returned": `
def signature(x):
    unused = sm.build_tensor_info(x)
    return load_signature(x)

signatures = {"serving_default": signature(a)}`,
		"around itself": `
signatures = {}
signatures["a"] = signatures
signatures.update(signatures)`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := analyzer.Parse(t.Context(), "export.py", []byte("import tensorflow as tf\nfrom tensorflow import saved_model as sm\n"+src+export))
			if err != nil {
				t.Fatal(err)
			}
			x := Lift(f, DefaultTarget)
			if len(x.Sites) != 1 {
				t.Fatalf("%d sites", len(x.Sites))
			}
			var want, got []string
			for i, line := range strings.Split(string(f.Src), "\n") {
				for range strings.Count(line, "sm.build_") + strings.Count(line, "sm.predict_") {
					if strings.Contains(line, "# part") {
						want = append(want, fmt.Sprint(i+1))
					}
				}
			}
			for _, pl := range x.Sites[0].Places() {
				if pl.Role == RoleSignature || pl.Role == RoleTensorInfo {
					line, _ := f.Position(pl.Call.Start)
					got = append(got, fmt.Sprint(line))
				}
			}
			if g, w := strings.Join(got, " "), strings.Join(want, " "); g != w {
				t.Errorf("parts on lines %s, want %s", g, w)
			}
		})
	}
}
