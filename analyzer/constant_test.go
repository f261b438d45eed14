package analyzer

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// expressions are asked of the evaluator and of CPython. Where the first has an answer it must be the second's; those in
// mustKnow it must have.
var mustKnow = []string{
	`'a' + 'b'`, `'a' 'b' "c"`, `'a%sc' % 'b'`, `'%s-%d%%' % ('x', 3)`, `'{}/{}'.format('a', 1)`, `'/'.join(['a', 'b'])`,
	`'/'.join(('a',))`, `os.path.join('a', 'b')`, `os.path.join('a', '')`, `os.path.join('a/', 'b', '/c', 'd')`, `os.path.join('')`,
	`' a '.strip()`, `'\x1ca\u3000'.strip()`, `'abca'.strip('ac')`, `'abca'.lstrip('a')`, `'abca'.rstrip('ca')`, `' a'.strip(None)`,
	`'aXbX'.replace('X', 'yy')`, `'aXbX'.replace('X', 'y', 1)`, `'ab'.replace('', '-')`, `'aX'.replace('X', 'y', 0)`, `'aXX'.replace('X', '', -1)`,
	`('a', 'b')[0]`, `('a', 'b')[-1]`, `['a', 'b'][-2]`, `'añb'[1]`, `'añb'[-1]`, `('a',)[False]`, `(('a', 1), 2)[0][1]`,
	`-7 // 2`, `7 // -2`, `-7 % 3`, `7 % -3`, `-7 % -3`, `0 // 5`, `6 % 3`, `-6 // 3`, `True + 1`, `True * 3`, `-True`, `+False`, `True // 1`,
	`1 / 2`, `-1 / 3`, `True / 2`, `0.1 + 0.2`, `1e300 * 1e10`, `2 * 0.5`, `1 - 0.9`, `not 0`, `not ''`, `not 'a'`, `not ()`, `not [0]`, `not None`, `not 0.0`,
	`'a' if 1 else 'b'`, `'a' if () else 'b'`, `'a' if '' else 'b'`, `None`, `True`, `()`, `[]`, `(1,)`, `[1, 2.5, None, 'x']`, `0x1F`, `0o17`, `0b101`, `1_000`,
	`9223372036854775807`, `-9223372036854775807 - 1`, `4611686018427387904 + 4611686018427387903`, `9223372036854775808 - 1`,
	`3037000500 * 3037000500 - 3037000500 * 3037000500`, `(9223372036854775807 + 1) // 2`, `(9223372036854775807 + 5) % 10`,
	`'\n\t\\\'\"\a\b\f\v\r'`, `'\x41\101\60\0'`, `'\u00e9\U0001F600'`, `r'\n\u0041'`, `'\d\ü\8'`, "'a\\\nb'", `"""a
b"""`, `b'\x41\101'`, `b'\u0041'`, `b'a' + b'b'`, `b'ab' * 2`, `rb'\x41'`, `BR'\n'`, `u'é'`, `f'a{{b}}'`, `f'x' 'y{z}'`, `F"\x7b"`,
	`'a' * 3`, `3 * 'a'`, `'a' * 0`, `'a' * -1`, `'a' * True`, `['a'] * 2`, `2 * ('a', 'b')`, `[[1], [2]]`, `[1] + [2]`, `(1,) + ()`,
	`str(12)`, `str('a')`, `[x + 'b' for x in ('a', 'c')]`, `['o%d' % i for i in range(3)]`, `[(i, s) for i, s in enumerate('ab')]`, `list(('a',))`, `tuple(['a'])`, `tuple([])`,
	`[a + b for a, b in zip(['x', 'y'], 'cd')]`, `[i for i in range(5, 0, -2)]`, `[x for x in (0, 1, '') if x]`, `[[i, j] for i in range(2) for j in range(i + 1)]`,
	`'/'.join(x for x in 'abc')`, `tuple(i for i in range(2))`, `[y for x in ('ab', 'c') for y in x]`, `[x for x in 'ab'][1]`, `{'a': 'x', 'b': 'y'}['b']`, `{'a': 1, 'a': 2}['a']`,
	`[i for i in range(0)]`, `[x for x in 'ab']`, `'%s' % (1,)`, `'abc' % ()`, `'%d' % 12345678901234`, `'{}'.format(-5)`, `'a'[0][0][0]`, `1.`, `.5`, `1e5`, `1E-7`, `0.0`, `00`,
}

// mayDecline are traps: declining is right, another answer than CPython's is not.
var mayDecline = []string{
	`'%s' % (1, 2)`, `'%s %s' % 'a'`, `'%d' % 'a'`, `'%d' % 1.5`, `'%s' % 1.0`, `'%s' % True`, `'%d' % True`, `'%s' % None`, `'%r' % 'a'`, `'%5d' % 3`,
	`'%(a)s' % {'a': 1}`, `'abc' % 'x'`, `'abc' % []`, `'%s' % [1]`, `'%s' % b'a'`, `b'%s' % b'a'`, `'%'`, `'%' % ()`, `'%s' % ((1, 2),)`,
	`'{0}'.format('a')`, `'{a}'.format(a=1)`, `'{} {}'.format('a')`, `'{}'.format('a', 'b')`, `'{{}}'.format('a')`, `'{}'.format(True)`, `'{}'.format(b'a')`, `'{!r}'.format('a')`,
	`str(b'a')`, `str(True)`, `str(1.0)`, `str(1e16)`, `str()`, `str('a', 'b')`, `'a' + 1`, `'a' + b'b'`, `b'a' + 'b'`, `1 + 'a'`, `'a' - 'b'`, `'a' * 'b'`, `'a' * 1.5`, `[1] + (1,)`,
	`1 // 0`, `1 % 0`, `1 / 0`, `1.0 / 0.0`, `1.0 // 0`, `7.5 // 2`, `-7.5 // 2`, `-7.5 % 2`, `5 % -0.3`, `1e308 * 10 - 1e308 * 10`, `-0.0`, `0.0 * -1`, `--1`, `~5`, `-'a'`, `+'a'`, `-None`,
	`9223372036854775807 + 1`, `9223372036854775807 * 9223372036854775807`, `-(-9223372036854775807 - 1)`, `(-9223372036854775807 - 1) // -1`, `9223372036854775808`, `-9223372036854775808`,
	`(10000000000000001 * 10) / 3`, `9007199254740993 + 0.0`, `9007199254740993 / 1`, `1 / 9007199254740993`, `2 ** 10`, `1 << 70`, `1 == 1`, `'a' and 'b'`, `'' or 'b'`, `1 < 2 < 3`,
	`('a', 'b')[2]`, `('a', 'b')[-3]`, `'a'['b']`, `b'abc'[0]`, `'abc'[0:2]`, `('a', 'b')[0,]`, `'a'[1.0]`, `()[0]`, `'abc'[9223372036854775808]`,
	`'\ud800'`, `'\ud83d\ude00'`, `'\N{BULLET}'`, `'\xe9'`, `b'\400'`, `'\400'`, `'\777'`, `b'\xff'`, `b'\N{x}'`, `'\x4'`, `'\u12'`, `'\U00110000'`, `b'é'`,
	`f'{1}'`, `f'{1}' 'a'`, `'a' b'b'`, `b'a' 'b'`, `1j`, `1e400`, `0777`, `1__0`, `1_`, `0_0`, `0x_1`, `"a" "\ud800"`,
	`'/'.join('abc')`, `'/'.join([1])`, `'/'.join([b'a'])`, `'a'.join()`, `os.path.join()`, `os.path.join('a', 1)`, `os.path.join(b'a', 'b')`, `os.path.join(b'a', b'b')`, `'aa'.replace('a')`, `'aa'.replace('a', 1)`, `'a'.strip(1)`,
	`'aa'.replace('a', 'b', True)`, `'a'.strip('a', 'b')`, `'ß'.upper()`, `'a'.format`, `...`, `{1: 2}`, `{1}`, `{'a': 1}['b']`, `{**{'a': 1}}['a']`, `range(3)`, `range(3)[0]`, `[] + range(2)`, `zip('a')`, `list('ab')`, `{x for x in 'a'}`, `[x for x, y in 'ab']`,
	`[x for x in 5]`, `(x for x in 'a')`, `[range for range in range(2)]`, `[i for i in range(1.0)]`, `[i for i in range(0, 1, 0)]`, `list(3)`, `tuple('ab')`, `str(x for x in 'a')`, `[[0] * 2 for _ in range(2)]`,
	`{'a': [1]}['a']`, `{1: 2}[True]`, `[x if x else 1 / x for x in (0, 2)]`, `lambda: 1`, `'a' if {} else 'b'`, `not {}`, `(1, 2) * -3`,
	`'a' 'b' % ()`, `'%c' % 65`, `'%s%%' % 'é'`, `'é' * 3`, `'%s' 'x' % 1`, `-1 ** 2`, `1 if 0.5 else 2`, `not b''`, `[1, 2][True]`, `1 - True`, `3.0 * True`, `1e16 + 1`, `1 @ 2`, `u'\u0041' r'\u0041'`,
}

func evalString(t *testing.T, src string) (any, bool) {
	t.Helper()
	f, err := Parse(t.Context(), "test.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Module.Stmts) == 0 || len(f.Errors) > 0 {
		return nil, false
	}
	switch s := f.Module.Stmts[len(f.Module.Stmts)-1].(type) {
	case *ExprStmt:
		return f.Constant(s.X, nil)
	}
	return nil, false
}

// normal is a value of Constant in the form of cpython.py.
func normal(v any) any {
	switch v := v.(type) {
	case int64:
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case float64:
		return map[string]any{"float": strconv.FormatFloat(v, 'x', -1, 64)}
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, normal(x))
		}
		return out
	}
	return v
}

// pythonNormal brings what cpython.py says of floats and bytes to the analyzer's form.
func pythonNormal(t *testing.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if s, ok := v["float"].(string); ok {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			return normal(f)
		}
		if s, ok := v["bytes"].(string); ok {
			b, err := hex.DecodeString(s)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	case []any:
		for i, x := range v {
			v[i] = pythonNormal(t, x)
		}
	}
	return v
}

// TestConstantsAgainstCPython: what the evaluator answers is what CPython answers.
func TestConstantsAgainstCPython(t *testing.T) {
	all := append(append([]string(nil), mustKnow...), mayDecline...)
	// Every operator over every pair of these.
	operands := []string{"7", "-7", "2", "-2", "0", "True", "2.5", "-0.5", "9223372036854775807", "-9223372036854775808", "'ab'", "b'ab'", "(1, 'x')", "['y']", "None", "''"}
	for _, l := range operands {
		for _, r := range operands {
			for _, op := range []string{"+", "-", "*", "/", "//", "%"} {
				if (op != "*") || (len(l) < 15 || l[0] == '-' || len(r) < 15) {
					all = append(all, fmt.Sprintf("(%s) %s (%s)", l, op, r))
				}
			}
			all = append(all, fmt.Sprintf("%s[%s]", l, r), fmt.Sprintf("(%s) if (%s) else 0", l, r))
		}
	}
	var asked, lines []string
	for _, x := range all {
		if strings.HasSuffix(x, "* (9223372036854775807)") || strings.HasPrefix(x, "(9223372036854775807) *") {
			continue // CPython would try to make that string
		}
		line, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		asked, lines = append(asked, x), append(lines, string(line))
	}
	known := 0
	for i, r := range askPython(t, "eval", lines) {
		got, ok := evalString(t, "import os\n"+asked[i])
		if !ok {
			if i < len(mustKnow) {
				t.Errorf("%s: no answer", asked[i])
			}
			continue
		}
		known++
		if r.Refused != "" {
			t.Errorf("%s: %#v, CPython says %s", asked[i], got, r.Refused)
			continue
		}
		var want any
		if err := json.Unmarshal(r.Answer, &want); err != nil {
			t.Fatal(err)
		}
		if got, want := normal(got), pythonNormal(t, want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, CPython says %#v", asked[i], got, want)
		}
	}
	t.Logf("%d expressions compared, %d of them answered", len(asked), known)
}

// TestHostileConstants: what no program means is declined, soon.
func TestHostileConstants(t *testing.T) {
	chain := func(first, next string, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "x0 = %s\n", first)
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "x%d = %s\n", i, strings.ReplaceAll(next, "x", fmt.Sprintf("x%d", i-1)))
		}
		fmt.Fprintf(&b, "x%d\n", n-1)
		return b.String()
	}
	for name, src := range map[string]string{
		"long string":          `"a" * 10000000000`,
		"long list":            `[0] * 1000000000`,
		"many zeros":           `[] * 99999999999 + [0] * 99999999999`,
		"power":                `10**10**10`,
		"nested lists":         chain("[0] * 1000", "[x] * 1000", 20),
		"nested tuples":        chain("(0,) * 1000", "(x,) * 1000", 20),
		"doubling":             chain("'ab'", "x + x", 190),
		"doubling ints":        chain("9", "x * x", 190),
		"replace":              chain("'aaaaaaaaaa'", "x.replace('a', 'aaaaaaaaaa')", 20),
		"join":                 chain("'aaaaaaaaaa'", "x.join([x, x, x, x, x, x, x, x, x, x])", 20),
		"format":               chain("'aaaaaaaaaa'", "'{}{}{}{}{}{}'.format(x, x, x, x, x, x)", 20),
		"percent":              chain("'aaaaaaaaaa'", "'%s%s%s%s%s' % (x, x, x, x, x)", 20),
		"deep names":           chain("'a'", "x", 20000),
		"wide choices":         chain("'a'", "x or x or x or x or x", 1000),
		"wide attributes":      "x = a\nwhile 1:\n    x = x.a or x.b or x.c or x.d or x.e or x.f\nx.g\n",
		"its own":              "x = 1\nwhile 1:\n    x = x + 1\nx\n",
		"its own attribute":    "x = y\nwhile 1:\n    x = x.next\nx\n",
		"its own call":         "x = y\nwhile 1:\n    x = x.next()\nx.foo.bar\n",
		"its own element":      "while 1:\n    for x in x:\n        pass\nx\n",
		"its own pair":         "a = b = 1\nwhile 1:\n    a, b = a\na\n",
		"its own class":        "class A:\n    def f(self):\n        self.a = self.a.a\n        return self.a\nA().f().a.a\n",
		"huge literal":         strings.Repeat("9", 100000),
		"huge hex":             "0x" + strings.Repeat("f", 1000000),
		"huge float":           "0." + strings.Repeat("1", 1000000),
		"a long sum":           "1" + strings.Repeat(" + 1", 9000),
		"a longer sum":         "1" + strings.Repeat(" + 1", 50000),
		"brackets":             strings.Repeat("[", 50000) + strings.Repeat("]", 50000),
		"parentheses":          strings.Repeat("(", 50000) + "1" + strings.Repeat(")", 50000),
		"open brackets":        strings.Repeat("[", 50000),
		"open calls":           strings.Repeat("f(", 50000),
		"nots":                 strings.Repeat("not ", 50000) + "1",
		"minuses":              strings.Repeat("-", 50000) + "1",
		"subscripts":           "x" + strings.Repeat("[0]", 50000),
		"attributes":           "x" + strings.Repeat(".a", 50000),
		"lambdas":              strings.Repeat("lambda: ", 20000) + "1",
		"nested blocks":        nestedBlocks(2000),
		"elifs":                "if a:\n    x = 1\n" + strings.Repeat("elif b:\n    x = 2\n", 20000) + "x\n",
		"one dict in another":  strings.Repeat("{1: ", 20000) + "1" + strings.Repeat("}", 20000),
		"f-strings":            strings.Repeat(`f"{`, 200) + "x" + strings.Repeat(`}"`, 200),
		"conditionals":         strings.Repeat("1 if x else ", 20000) + "2",
		"comprehensions":       strings.Repeat("[x for x in ", 5000) + "y" + strings.Repeat("]", 5000),
		"many walruses":        "x = [" + strings.Repeat("(y := 1), ", 20000) + "]\ny or z\n",
		"two answers a choice": strings.Repeat("if a:\n    x = 1\n", 20000) + "x\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if got, ok := evalString(t, src); ok {
				t.Errorf("%d bytes of answer", len(fmt.Sprint(got)))
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else if took > time.Second {
				t.Logf("%s took %v", name, took)
			}
		})
	}
}

func nestedBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if x:\n")
	}
	b.WriteString(strings.Repeat(" ", n) + "pass\n")
	return b.String()
}

// TestNamedConstants: names, in programs where they change and where they don't.
func TestNamedConstants(t *testing.T) {
	for _, c := range []struct {
		src  string
		want any // nil where there must be no answer
	}{
		{"x = 'a'\nx", "a"},
		{"x = 'a'\nx = 'b'\nx", "b"},
		{"x = y = 'a'\ny", "a"},
		{"x, y = 'a', 'b'\ny", "b"},
		{"[x, (y, z)] = 'a', ('b', 'c')\nz", "c"},
		{"(x) = ('a', 'b')\nx", []any{"a", "b"}},
		{"(x,) = ('a',)\nx", "a"},
		{"for (x) in [('a', 'b')]:\n    pass\nx", []any{"a", "b"}},
		{"x, *y = 'a', 'b'\ny", nil},
		{"x, y = 'ab'\ny", nil},
		{"if c:\n    x = 'a'\nelse:\n    x = 'b'\nx", nil},
		{"if c:\n    x = 'a'\nelse:\n    x = 'a'\nx", nil},
		{"x = 'a'\nif c:\n    x = 'b'\nx", nil},
		{"x = 'a'\nx += 'b'\nx", nil},
		{"x = 'a'\ndef f():\n    global x\n    x = 'b'\nx", nil},
		{"x = 'a'\ndel x\nx", nil},
		{"for x in ('a',):\n    pass\nx", "a"},
		{"for x in ('a', 'b'):\n    pass\nx", nil},
		{"for x in 'ab':\n    pass\nx", nil},
		{"with 'a' as x:\n    pass\nx", nil},
		{"with open('a') as (x, y):\n    pass\nx", nil},
		{"try:\n    x = 'a'\nexcept E:\n    x = 'b'\nx", nil},
		{"try:\n    x = 'a'\n    x = 'b'\nfinally:\n    pass\nx", "b"},
		{"(x := 'a')\nx", "a"},
		{"(x := 'a') + 'b'", nil},
		{"[x := 'a' for _ in y]\nx", "a"},
		{"x = 'b'\n[x := 'a' for _ in y]\nx", nil},
		{"x = 'b'\nc and (x := 'a')\nx", nil},
		{"match c:\n    case 'a' as x:\n        pass\nx", nil},
		{"x: str = 'a'\nx", "a"},
		{"x: str\nx", nil},
		{"def x():\n    pass\nx", nil},
		{"from m import x\nx", nil},
		{"from m import *\nif c:\n    x = 'a'\nx", nil},
		{"if c:\n    str = 'a'\nstr", nil},
		{"class C:\n    x = 'a'\nC.x", "a"},
		{"class C:\n    x = 'a'\nC.x = 'b'\nC.x", nil},
		{"class C:\n    x = 'a'\n    def f(self):\n        self.x = 'b'\nC().x", nil},
		{"class C:\n    def f(self):\n        self.x = 'b'\nC().x", "b"},
		{"class C:\n    def f(self):\n        self.x = 'b'\nc = C()\nc.x = 'd'\nC().x", nil},
		{"class C:\n    @property\n    def x(self):\n        return 'a'\nC().x", nil},
		{"x = ['a']\nx", []any{"a"}},
		{"x = ['a']\nx.append('b')\nx", []any{"a", "b"}},
		{"x = []\nfor i in range(2):\n    x.append('o%d' % i)\nx", []any{"o0", "o1"}},
		{"x = []\nfor i, s in enumerate(['a', 'b']):\n    x.append(s)\n    x.append(i)\n'-'.join(x[::2])", nil},
		{"x = []\nfor i, s in enumerate(['a', 'b']):\n    x.append(s)\n    x.append(i)\nx", []any{"a", int64(0), "b", int64(1)}},
		{"x = []\nfor s in ('a', 'b'):\n    x.append(s)\ny = x\ny.append('c')\nx", nil},
		{"x = []\nfor s in ('a', 'b'):\n    if c:\n        x.append(s)\nx", nil},
		{"x = []\nfor s in ('a', 'b'):\n    x.append(s)\n    break\nx", nil},
		{"x = []\nfor s in t:\n    x.append(s)\nx", nil},
		{"x = []\nif c:\n    x.append('a')\nx", nil},
		{"x = []\nfor i in range(10 ** 9):\n    x.append(i)\nx", nil},
		{"x = ['a']\nx.append(x)\nx", nil},
		{"x = ['a']\nwhile c:\n    x.append('a')\nx", nil},
		{"x = ['a']\nx\nx.append('b')\nx", []any{"a", "b"}},
		{"x = ['a']\nx.append('b')\ndef f():\n    x.append('c')\nx", nil},
		{"[i for i in range(10 ** 9)]", nil},
		{"d = {'k': 'v'}\nd['k']", "v"},
		{"d = {'k': 'v'}\nd['k'] = 'w'\nd['k']", nil},
		{"d = {'k': 'v'}\nd.update(k='w')\nd['k']", nil},
		{"d = {'k': 'v', c: 'w'}\nd['k']", nil},
		{"d = {'k': c}\nd['k']", nil},
		{"n = ['a', 'b']\nm = [x + 'c' for x in n]\nm[1]", "bc"},
		{"x = ['a']\nx[0] = 'b'\nx", nil},
		{"x = ['a']\ndel x[0]\nx", nil},
		{"x = ['a']\nx += ['b']\nx", nil},
		{"x = ['a']\ny = x\ny.append('b')\nx", nil},
		{"x = ['a']\ny = [x]\ny[0].append('b')\nx", nil},
		{"x = [['a']]\nx[0].append('b')\nx", nil},
		{"x = (['a'],)\nfor y in x:\n    y.append('b')\nx", nil},
		{"x = ['a']\ndef f():\n    x.append('b')\nx", nil},
		{"x = ['a']\nchange(x)\nx", nil},
		{"import random\nx = ['a']\nrandom.shuffle(x)\nx", nil},
		{"import m\nx = ['a']\nm.save(x)\nx", []any{"a"}},
		{"x = ['a']\nx.append('b')\nx[1]", "b"},
		{"x = ['a', 'b']\nfor y in x:\n    x.remove(y)\nx", nil},
		{"x = ['a']\ny = x if c else x\ny.append('b')\nx", nil},
		{"x = ['a']\nwith x:\n    x\nx", nil},
		{"class C:\n    def f(self):\n        self.x = ['a']\n        self.x.append('b')\nC().x", nil},
		{"def f(x=['a']):\n    pass\nx", nil},
		{"a = 'x'\nb = a\na = 'y'\nb", "x"},
		{"import os\nos = c\nos.path.join('a', 'b')", nil},
		{"str = c\nstr(1)", nil},
		{"from m import *\nstr(1)", nil},
		{"x = 'a'\nx.y", nil},
		{"x = 'a'\nx.y = 'b'\nx.y", nil},
		{"x = 1\nx = x + 1\nx", int64(2)},
		{"x = 1\nfor i in y:\n    x = x + 1\nx", nil},
		{"10L", int64(10)}, // Python 2's long
		{"0xEL", int64(14)},
		{"010", nil}, // 8 there, refused here
		{"'a\r\nb'", nil},
		{"'''a\r\nb'''", "a\nb"},
		{"'''a\rb'''", "a\nb"},
	} {
		got, ok := evalString(t, c.src)
		if ok != (c.want != nil) || ok && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %#v, %v; want %#v", c.src, got, ok, c.want)
		}
	}
}
