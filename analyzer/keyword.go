package analyzer

// Keyword tells whether s is a word of Python 3 that can't be a name.
func Keyword(s string) bool { return keywords[s] }

var keywords = wordSet(`False None True and as assert async await break class continue def del elif else except finally for from
	global if import in is lambda nonlocal not or pass raise return try while with yield`)
