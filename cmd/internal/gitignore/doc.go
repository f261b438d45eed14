// Package gitignore tells which paths git ignores.
//
// # Contract
//
// A Tree answers for the paths below one directory as `git check-ignore --no-index` does: .gitignore files of every directory up to the top of
// the repository, and info/exclude of its git directory. The user's own core.excludesFile counts nowhere, so that the answer is the same on
// every machine. Outside of a repository the .gitignore files from the Tree's own directory down count. The caller walks
// from above and does not ask about what is below an ignored directory.
//
// # How
//
// The format is https://git-scm.com/docs/gitignore; its globs are turned into doublestar's. A test compares the answers with git's own over trees
// and patterns that it makes up.
//
// # Awkward truths
//
//   - A file that git tracks although a pattern ignores it is ignored here: the index is not read.
package gitignore
