package rewrite

import (
	"strings"
	"testing"
)

// TestReadDocumentEncodings holds that a source is read only where UTF-8 says what Python would see.
func TestReadDocumentEncodings(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"ascii", "x = 1\n", ""},
		{"utf-8", "x = 'é'\n", ""},
		{"mark", "\ufeffx = 'é'\n", ""},
		{"declared utf-8", "# -*- coding: UTF_8 -*-\nx = 'é'\n", ""},
		{"declared utf-8 for unix", "#!/usr/bin/python\n# vim: set fileencoding=utf-8-unix :\nx = 'é'\n", ""},
		{"latin-1 in name only", "# coding: latin-1\nx = 1\n", ""},
		{"declared in line 3", "\n\n# coding: latin-1\nx = 'é'\n", ""},
		{"declared behind code", "x = 'é'\n# coding: latin-1\n", ""},
		{"no declaration", "# encoding of é\n", ""},
		{"latin-1", "# coding: latin-1\nx = '\xe9'\n", ""},
		{"latin-1 that is UTF-8 too", "#!/usr/bin/python\n# coding=iso-8859-1\nx = 'é'\n", ""},
		{"latin-1 with the mark of UTF-8", "\ufeff# coding=latin-1\nx = 'é'\n", "it begins with the mark of UTF-8 and says that it is encoded as latin-1"},
		{"latin-1 with NUL", "# coding: latin-1\nx = '\xe9\x00'\n", "NUL bytes"},
		{"an encoding that nobody knows", "# coding: klingon\nx = '\xe9'\n", "it says that it is encoded as klingon, which is not read"},
		{"big5", "# coding: big5\nx = '\xa4\xa4'\n", "it says that it is encoded as big5, which is not read"},
		{"half of a character", "# coding: shift_jis\nx = '\x83'\n", "it says that it is encoded as shift_jis, and not all of its bytes are"},
		{"a byte that is no character", "# coding: iso-8859-7\nx = '\xff'\n", "it says that it is encoded as iso-8859-7, and not all of its bytes are"},
		{"a character that is two", "# coding: shift_jis\n\nx = '\x81\x60'\n", "it says that it is encoded as shift_jis, and it is not sure which character '～' in line 3 is"},
		{"the same where it is one", "# coding: cp932\n\nx = '\x81\x60'\n", ""},
		{"declared behind a line end of old", "#\r# coding: cp1252\rx = '\x80'\r", ""},
		{"declared in line 3 by line ends of old", "#\r#\r# coding: cp1252\rx = '\x80'\r", "byte 26 is not UTF-8"},
		{"escapes", "# coding: iso-2022-jp\nx = '\x1b$B$\"\x1b(B'\n", "it says that it is encoded as iso-2022-jp"},
		{"undeclared latin-1", "x = '\xe9'\n", "byte 5 is not UTF-8"},
		{"declared utf-8, but latin-1", "# coding: utf-8\nx = '\xe9'\n", "byte 21 is not UTF-8"},
		{"utf-16", "\xff\xfex\x00", "UTF-16"},
		{"nul", "x = 1\n\x00", "NUL bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadDocument("dir/x.py", []byte(test.src))
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "dir/x.py: "+test.want) && !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v; want %q", err, test.want)
			case test.want != "" && !strings.HasSuffix(err.Error(), "the file was not checked"):
				t.Errorf("it does not say that the file was not checked: %v", err)
			}
		})
	}
}

// TestReadDocumentNotebooks holds that what is no notebook is an error in words of the format, not of Go.
func TestReadDocumentNotebooks(t *testing.T) {
	for src, want := range map[string]string{
		"":                   "not a notebook",
		"x = 1\n":            "not a notebook",
		`{"cells": [`:        "unexpected EOF",
		`{"worksheets": []}`: "no cells",
		`[1]`:                "does not begin with {",
		`{"cells": {}}`:      "does not begin with [",
		`{"cells": [{"cell_type": "code", "source": 5}]}`:        "JSON of type number where it does not belong",
		`{"cells": [{"cell_type": "code", "source": ["a", 5]}]}`: "JSON of type number where it does not belong",
	} {
		_, err := ReadDocument("dir/x.ipynb", []byte(src))
		if err == nil || !strings.HasPrefix(err.Error(), "dir/x.ipynb: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %v; want %q", src, err, want)
		}
	}
}
