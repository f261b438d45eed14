// Package analyzer knows Python: it reads source into plain syntax, resolves names as Python does, and follows values.
//
// # Contract
//
// Parse gives a File. Its syntax (ast.go) mirrors CPython's ast module with byte spans of the source. Resolve tells which
// bindings a name that is read may have come from, Value what an expression may evaluate to, Constant what it does evaluate
// to where that can be computed. All of them answer with sets and say when there may be more: a caller that needs one
// answer asks for the only one and gets none where there are two. Nothing here knows TensorFlow.
//
// # How
//
//   - parse.go: the source goes through tree-sitter's Python grammar, whose tree is taken over from C at once (tree.go, tree_bulk.go) and lowered
//     (lower.go) to the types of ast.go.
//   - scope.go collects the scopes and every binding in them; bind.go resolves the names by a forward analysis of reaching
//     definitions within each scope.
//   - value.go follows names, attributes, conditional expressions and attributes of self to imports, calls and displays.
//   - project.go finds and reads the modules that files of one project import from each other, imported.go follows names into them: re-exports,
//     star imports, modules that are imported by a function, functions that return what they import. Reading one is put off for as long as a glance at
//     its bytes tells enough (glance.go, glance_graph.go; glance_end.go tells which calls need not be followed at all), and Forget lets go of all.
//   - sieve.go tells the files in which something may be found from the others, by identifiers (words.go) and by the names that modules give each other (exposed.go).
//   - trace.go follows a value further, through what functions return and what their callers pass.
//   - constant.go evaluates displays, arithmetic and string building with gpython's objects, one bounded step at a time;
//     constant_loop.go adds comprehensions and lists that a loop fills, literal.go decodes strings, and unchanged.go tells which lists and dicts keep what they were made with.
//   - dump.go prints all this inline in the source.
//   - notebook.go lays the code cells of a notebook out as one Python source of the same bytes.
//
// # Awkward truths
//
//   - The grammar reads Python 2 and 3 alike, so a file without Errors need not be valid Python 3.
//   - The value of self's attribute is what the methods of the class in view assign; a subclass or another module may
//     assign something else, and nothing here would know.
//   - Code after a return resolves as if it were reached: it is still there to be migrated.
//   - A star import is taken to bind only what nothing else in the file binds.
//   - A module of the project is what its own statements make it: that another file assigns to its names is not seen.
//   - A module is looked for below the directory that is nearest to the importing file, which is not always sys.path's order.
//   - What is called lazy_import, LazyLoader and the like is taken to give the module that it is given the name of.
//   - What is None where an import failed is not followed: its attributes would raise.
//   - A context manager may end an exception; only those that are known for it are taken to.
//   - A class's decorator is taken to give the class back; a function's is not.
//   - A comprehension of Python 2 leaves its variable behind; here it does not.
//   - A file whose brackets lie in each other more than 1,000 deep is not read at all, and says so in Errors.
//   - The grammar takes a line that is indented more than it may be for the begin of a block; lower.go counts such lines as errors.
//   - tree_bulk.go calls functions of tree-sitter that its binding compiles in and does not export; they are found when the program is linked. Where a
//     linker can't do that, tree_cursor.go takes its place, which is slower.
//   - exec, globals()[...] and setattr bind names that nothing here sees.
package analyzer
