package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// site begins every generated file, so that there is something to find and to fix whatever follows.
const site = `import tensorflow as tf


def export(path):
    with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
        x = tf.compat.v1.placeholder(tf.float32, shape=[None], name="x")
        y = x + 1.0
        tf.compat.v1.saved_model.simple_save(sess, path, inputs={"x": x}, outputs={"y": y})


`

// shape is a kind of generated file: write makes one of so many bytes, or so many things nested or in a row.
type shape struct {
	what  string
	write func(n int) string
}

// generated are files of n bytes.
var generated = []shape{
	{"plain code", func(n int) string {
		return fill(n, func(i int) string {
			return fmt.Sprintf("def scale_%d(values, factor=%d):\n    result = []\n    for value in values:\n        if value is not None:\n"+
				"            result.append(value * factor)\n    return result\n\n\n", i, i)
		})
	}},
	{"calls of TensorFlow, one after the other", func(n int) string {
		return fill(n, func(i int) string {
			return fmt.Sprintf("layer_%d = tf.nn.relu(tf.matmul(layer_%d, weights[%d]) + biases[%d])\n", i+1, i, i, i)
		})
	}},
	{"functions that call each other", func(n int) string {
		return fill(n, func(i int) string {
			return fmt.Sprintf("def block_%d(net, training):\n    net = tf.compat.v1.layers.dense(net, %d)\n    return block_%d(net, training)\n\n\n", i, i, i+1)
		})
	}},
	{"a table of constants", func(n int) string {
		return "TABLE = {\n" + fill(n, func(i int) string {
			return fmt.Sprintf("    %q: (%d, %q, [%d, %d]),\n", fmt.Sprint("key", i), i, "value", i, i+1)
		}) + "}\n"
	}},
	{"a site in every function", func(n int) string {
		return fill(n, func(i int) string {
			return strings.Replace(site[strings.Index(site, "def"):], "export", fmt.Sprint("export_", i), 1)
		})
	}},
}

// notebook lays code out as the cells of a notebook.
func notebook(src string) string {
	type cell struct {
		Type     string         `json:"cell_type"`
		Metadata map[string]any `json:"metadata"`
		Outputs  []any          `json:"outputs"`
		Count    *int           `json:"execution_count"`
		Source   []string       `json:"source"`
	}
	book := struct {
		Cells    []cell         `json:"cells"`
		Metadata map[string]any `json:"metadata"`
		Format   int            `json:"nbformat"`
		Minor    int            `json:"nbformat_minor"`
	}{Metadata: map[string]any{}, Format: 4, Minor: 4}
	for part := range strings.SplitSeq(src, "\n\n\n") {
		book.Cells = append(book.Cells, cell{"code", map[string]any{}, []any{}, nil, strings.SplitAfter(part, "\n")})
	}
	out, err := json.MarshalIndent(book, "", " ")
	if err != nil {
		panic(err) // nothing in it can't be JSON
	}
	return string(out)
}

// lines are files with one line of n bytes.
var lines = []shape{
	{"a string", func(n int) string { return "x = '" + strings.Repeat("a", n) + "'\n" }},
	{"a string of escapes", func(n int) string { return "x = '" + strings.Repeat(`\n`, n/2) + "'\n" }},
	{"a comment", func(n int) string { return "# " + strings.Repeat("a ", n/2) + "\n" }},
	{"a name", func(n int) string { return strings.Repeat("a", n) + " = 1\n" }},
	{"a number", func(n int) string { return "x = 1" + strings.Repeat("0", n) + "\n" }},
	{"a list of numbers", func(n int) string { return "x = [" + strings.Repeat("1, ", n/3) + "]\n" }},
	{"a list of calls", func(n int) string { return "x = [" + strings.Repeat("f(x), ", n/6) + "]\n" }},
	{"a dictionary", func(n int) string {
		return "x = {" + fill(n, func(i int) string { return fmt.Sprintf("'k%d': %d, ", i, i) }) + "}\n"
	}},
	{"the arguments of a call", func(n int) string {
		return "tf.constant(" + fill(n, func(i int) string { return fmt.Sprintf("a%d=%d, ", i, i) }) + ")\n"
	}},
	{"statements with semicolons", func(n int) string { return strings.Repeat("x = 1; ", n/7) + "\n" }},
	{"names assigned at once", func(n int) string {
		return fill(n, func(i int) string { return fmt.Sprintf("a%d = ", i) }) + "1\n"
	}},
	{"an f-string", func(n int) string { return "x = f'" + strings.Repeat("{x} ", n/4) + "'\n" }},
}

// nested are files with n things in each other or in a row.
var nested = []shape{
	{"`[[[…]]]`", around("x = ", "[", "", "]", "\n")},
	{"`(((…)))`", around("x = ", "(", "1", ")", "\n")},
	{"`[[[…`, never closed", around("x = ", "[", "", "", "\n")},
	{"`f(f(f(…)))`", around("x = ", "f(", "1", ")", "\n")},
	{"`x.a.a.a…`", around("y = x", ".a", "", "", "\n")},
	{"`x.a().a().a()…`", around("y = x", ".a()", "", "", "\n")},
	{"`---…1`", around("x = ", "-", "1", "", "\n")},
	{"`1 + 1 + 1 …`", around("x = 1", " + 1", "", "", "\n")},
	{"`x < x < x …`", around("y = x", " < x", "", "", "\n")},
	{"`x and x and x …`", around("y = x", " and x", "", "", "\n")},
	{"`1 if x else 1 if x else …`", around("x = ", "1 if x else ", "1", "", "\n")},
	{"`lambda: lambda: …`", around("x = ", "lambda: ", "1", "", "\n")},
	{"`[x for x in [x for x in …]]`", around("x = ", "[x for x in ", "y", "]", "\n")},
	{"`f'{f\"{…}\"}'`", func(n int) string {
		return "x = " + strings.Repeat(`f'{f"{`, n/2) + "1" + strings.Repeat(`}"}'`, n/2) + "\n"
	}},
	{"`'a' 'a' 'a' …`", around("x = ", "'a' ", "", "", "\n")},
	{"`if x: elif x: …`", around("if x:\n    y = 1\n", "elif x:\n    y = 1\n", "", "", "")},
	{"`if x: y = y + 1`, in a row", around("y = 1\n", "if x:\n    y = y + 1\n", "", "", "")},
	{"`x = x + 1`, in a row", around("x = 1\n", "x = x + 1\n", "", "", "")},
	{"`sess.run(x)`, in a row", around("sess = tf.compat.v1.Session()\n", "sess.run(x)\n", "", "", "")},
	{"`from m import x`, in a row", around("", "from m import x\n", "", "", "")},
	{"`import a0`, `import a1`, …", func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "import a%d\n", i)
		}
		return b.String()
	}},
	{"`class A(A): pass`, in a row", around("", "class A(A): pass\n", "", "", "")},
	{"`self.x = self.x`, in a row", around("class A:\n    def f(self):\n", "        self.x = self.x\n", "", "", "")},
	{"`def f(): return f()`, in a row", around("", "def f(): return f()\n", "", "", "")},
	{"`# tfmigrate: ignore`, in a row", around("", "# tfmigrate: ignore\n", "", "", "")},
	{"exports of one Builder", around("b = tf.compat.v1.saved_model.Builder('d')\nsess = tf.compat.v1.Session()\n", "b.add_meta_graph_and_variables(sess, ['serve'])\n", "b.save()\n", "", "")},
}

// blocks are statements in each other, each a column further in: their text grows with the square, so there are fewer.
var blocks = []shape{
	{"`if` in `if`", inBlocks("if x:")},
	{"`def` in `def`", inBlocks("def f():")},
	{"`class` in `class`", inBlocks("class A:")},
	{"`for` in `for`", inBlocks("for x in x:")},
	{"`try` in `except`", inBlocks("try: pass\n%sexcept A:")},
}

func around(before, open, middle, shut, after string) func(int) string {
	return func(n int) string {
		return before + strings.Repeat(open, n) + middle + strings.Repeat(shut, n) + after
	}
}

func inBlocks(head string) func(int) string {
	return func(n int) string {
		var b strings.Builder
		for i := range n {
			in := strings.Repeat(" ", i)
			b.WriteString(in + strings.ReplaceAll(head, "%s", in) + "\n")
		}
		return b.String() + strings.Repeat(" ", n) + "x = 1\n"
	}
}

// fill joins numbered parts until they have n bytes.
func fill(n int, part func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(part(i))
	}
	return b.String()
}
