package rewrite

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// cpython reads lines "NAME BYTES TEXT", the last two in hexadecimal and the text in UTF-8, and says of which CPython reads the bytes as another text. Bytes that it does not read
// at all are in no file that it runs. A line of a name alone asks whether it is one of the codec that the next line is of.
const cpython = `
import codecs, sys
wrong = read = 0
names = []
for line in sys.stdin:
    parts = line.split()
    if len(parts) == 1:
        names.append(parts[0])
        continue
    name, raw, text = parts[0], bytes.fromhex(parts[1]), bytes.fromhex(parts[2]).decode()
    for other in names:
        if codecs.lookup(other).name != codecs.lookup(name).name:
            print(other, "is", codecs.lookup(other).name, "and not", name)
    names = []
    try:
        seen = raw.decode(name)
    except UnicodeDecodeError:
        continue
    read += 1
    if seen != text:
        print(name, raw.hex(), "is", ascii(seen), "and not", ascii(text))
print("read", read)
`

// TestCodecsAgainstCPython holds for every codec, over all that one and two bytes can be, and the longer characters, that what it reads is what CPython reads, and comes back
// the same.
func TestCodecsAgainstCPython(t *testing.T) {
	var in bytes.Buffer
	w := bufio.NewWriter(&in)
	asked := 0
	for i := range codecs {
		c := &codecs[i]
		names := strings.Fields(c.names)
		for _, name := range names {
			if codecOf(strings.ReplaceAll(strings.ToUpper(name), "_", "-")) != c {
				t.Errorf("%s is not %s", name, names[0])
			}
			if name != "iso_latin_1" { // the tokenizer alone knows it
				fmt.Fprintln(w, name)
			}
		}
		try := func(b ...byte) {
			text, err := c.decode(b)
			if err != nil {
				return
			}
			if back, err := c.encode(text); err != nil || !bytes.Equal(back, b) {
				t.Fatalf("%s: % x became %q and comes back as % x, %v", names[0], b, text, back, err)
			}
			fmt.Fprintf(w, "%s %x %x\n", names[0], b, text)
			asked++
		}
		for a := range 256 {
			try(byte(a))
			if a < 0x80 {
				if text, err := c.decode([]byte{byte(a)}); err != nil || len(text) != 1 || int(text[0]) != a {
					t.Errorf("%s: byte %x is %q, %v", names[0], a, text, err)
				}
				continue
			}
			if _, err := c.decode([]byte{byte(a)}); err == nil {
				continue
			}
			for b := range 256 {
				try(byte(a), byte(b))
			}
		}
		switch names[0] {
		case "euc_jp":
			for a := 0xa1; a < 0xff; a++ {
				for b := 0xa1; b < 0xff; b++ {
					try(0x8f, byte(a), byte(b))
				}
			}
		case "gb18030":
			for n := 0; n < 126*10*10; n += 7 {
				try(0x81, byte(0x30+n/10%10), byte(0x81+n/100), byte(0x30+n%10))
				try(0x90, byte(0x30+n/10%10), byte(0x81+n/100), byte(0x30+n%10))
			}
		}
	}
	w.Flush()
	cmd := exec.CommandContext(t.Context(), "python3", "-c", cpython)
	cmd.Stdin = &in
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, out)
	}
	var read int
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if _, err := fmt.Sscanf(lines[len(lines)-1], "read %d", &read); err != nil || read < asked/2 || read < 50_000 {
		t.Errorf("CPython read %d of %d: %v", read, asked, err)
	}
	for i, line := range lines[:len(lines)-1] {
		if i == 40 {
			t.Fatalf("and %d more", len(lines)-1-i)
		}
		t.Error(line)
	}
	t.Logf("CPython reads %d of %d the same, and the others not at all", read, asked)
}

// declared is a program that declares its encoding, and has characters of it in a comment, in a docstring and in a statement that is rewritten.
const declared = `#!/usr/bin/env python
# -*- coding: %s -*-
"""%[2]s"""
import tensorflow as tf


def save(sess, x, y):  # %[2]s
    tf.saved_model.simple_save(sess, "%[2]s",  # %[2]s
                               {"x": x}, {"y": y})


with tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    save(sess, x, tf.identity(x, name="y"))
`

// TestFixDeclared holds that a program comes out of a fix in the encoding that it declares, as it would in UTF-8, with every other byte as it was, and that what is said of it is the same.
func TestFixDeclared(t *testing.T) {
	tests := []struct{ name, text string }{
		{"latin-1", "café ÿ"}, {"iso-latin-1-unix", "naïve"}, {"ISO-8859-15", "10 €"}, {"cp1252", "‘10 €’"}, {"windows-1251", "Привет"}, {"koi8-r", "Привет ░"}, {"iso8859-7", "Ελλάδα"}, {"mac-roman", "∂x ≠ 0"},
		{"shift_jis", "日本語 表示 ソ能"}, {"cp932", "①～表"}, {"euc-jp", "日本語 ｱｲｳ"}, {"euc-kr", "한국어"}, {"cp949", "똠방각하"}, {"gb2312", "中文"}, {"GBK", "中文·—镕"}, {"gb18030", "中文 𠀀 é"}, {"cp437", "╔═╗ ½"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := codecOf(test.name)
			if c == nil {
				t.Fatal("it is not known")
			}
			encoded := func(text string) []byte {
				out, err := c.encode([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			plain := fmt.Sprintf(declared, "utf-8", test.text)
			want := converge(t, "in.py", []byte(plain), Options{Unsafe: true})
			src := encoded(fmt.Sprintf(declared, test.name, test.text))
			got := converge(t, "in.py", src, Options{Unsafe: true})
			if bytes.Equal(want.Raw, []byte(plain)) || bytes.Equal(got.Raw, src) {
				t.Fatal("nothing is fixed")
			}
			if should := encoded(strings.Replace(string(want.Raw), "coding: utf-8", "coding: "+test.name, 1)); !bytes.Equal(got.Raw, should) {
				t.Errorf("it became\n%q\nwant\n%q", got.Raw, should)
			}
			if says(got) != says(want) {
				t.Errorf("it says\n%s\nand of UTF-8\n%s", says(got), says(want))
			}
			// What patch reads is bytes, and they are the file's.
			if patch := UnifiedDiff("in.py", src, got.Raw); !strings.Contains(patch, string(encoded(test.text))) {
				t.Errorf("the patch is\n%s", patch)
			}
			d, err := ReadDocument("in.py", src)
			if err != nil {
				t.Fatal(err)
			}
			// An editor has the text, and gives it as UTF-8.
			shown, err := ReadText("in.py", d.Text())
			if err != nil || !bytes.Equal(shown.Python, d.Python) {
				t.Errorf("as text it is %v, %v", shown, err)
			}
			fix, text, err := FixOne(d, got, got.Facts.Sites[0], Options{Unsafe: true})
			if err != nil || fix == nil || !utf8.Valid(text) || !utf8.Valid(d.Text()) || !bytes.Contains(text, []byte(test.text)) {
				t.Errorf("the fix of the one site is %v, %v:\n%s", fix, err, text)
			}
			cmd := exec.CommandContext(t.Context(), "python3", "-c", "import ast, sys; sys.stdout.buffer.write(ast.get_docstring(ast.parse(sys.stdin.buffer.read())).encode())")
			cmd.Stdin = bytes.NewReader(got.Raw)
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != test.text {
				t.Errorf("CPython reads %q, %v", out, err)
			}
		})
	}
}

// FuzzEncoding holds that a source of any bytes in any encoding is refused, or is text that comes back byte for byte, in which edits change nothing else.
func FuzzEncoding(f *testing.F) {
	for i := range codecs {
		f.Add(uint8(i), []byte("x = '\xe9\x81\x60'\r\n# \xa4\xa2\n"), uint8(3))
	}
	f.Fuzz(func(t *testing.T, which uint8, rest []byte, at uint8) {
		name := strings.Fields(codecs[int(which)%len(codecs)].names)[0]
		head := "# coding: " + name + "\n"
		raw := append([]byte(head), rest...)
		d, err := ReadDocument("in.py", raw)
		if err != nil {
			return
		}
		if !utf8.Valid(d.Python) {
			t.Fatalf("no UTF-8: %q", d.Python)
		}
		if back, err := d.Restore(d.Python); err != nil || !bytes.Equal(back, raw) {
			t.Fatalf("%q comes back as %q, %v", raw, back, err)
		}
		// An edit where a line begins.
		lines := bytes.SplitAfter(rest, []byte("\n"))
		texts := bytes.SplitAfter(d.Python[len(head):], []byte("\n"))
		if len(lines) != len(texts) {
			t.Fatalf("%d lines became %d", len(lines), len(texts))
		}
		n := int(at) % len(lines)
		edited := bytes.Join([][]byte{d.Python[:len(head)], bytes.Join(texts[:n], nil), []byte("pass\n"), bytes.Join(texts[n:], nil)}, nil)
		want := bytes.Join([][]byte{[]byte(head), bytes.Join(lines[:n], nil), []byte("pass\n"), bytes.Join(lines[n:], nil)}, nil)
		if got, err := d.Restore(edited); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("with a line more %q became %q, %v", raw, got, err)
		}
		if _, err := analyzer.Parse(t.Context(), "in.py", d.Python); err != nil {
			t.Fatal(err)
		}
	})
}
