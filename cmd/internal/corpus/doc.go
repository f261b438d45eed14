// Command corpus measures the linter and the fixes on public code that others wrote.
//
//	corpus [-save FILE] [-compare FILE] [-diff FILE] [-coverage FILE] DIR
//
// DIR holds repos.json (repositories and the commit that was read), labels.jsonl (what a line of theirs is, told by hand) and
// the checkouts as owner+name/. Every Python file and notebook of a checkout is linted and fixed in memory, with safe fixes
// alone and with all; nothing below DIR is written. `make corpus` runs it.
//
// With -laws PROGRAM the program itself runs instead, `fix --unsafe-fixes` on a copy of each checkout, twice (on_disk.go): what it leaves on disk is
// read by the Python that could read it before, has its modes, line ends, byte order marks and magics, is what its report says, and stays as it is.
// `make corpus-laws` does that.
//
// # What is counted
//
//   - A label of a true site is hit if a finding begins within two lines of it. Since one finding can hit several labels that
//     way, the column "own" gives each finding to one label at most, the nearest first.
//   - A look-alike is a lure if a finding begins on its line and no true label stands there. A finding's lines behind its
//     first do not count: the arguments of a call are inside its span, and look-alikes stand among them.
//   - A notebook's label names the line in a cell and not the cell: it stands for the code cells whose line mentions its kind
//     (kinds). Labels of files, lines and cells that are not there are skipped, and counted.
//   - What a fix writes must be read by CPython if CPython read the file before, by Python 2 (-python2) if only that did, and must not change when it is
//     fixed again. It must be the file, with the edits and nothing else, and have all its comments.
//   - What becomes of labelled sites (-coverage, which makes docs/coverage.md) is counted by site: a Builder and its signatures are one, though
//     several labels stand at it. A label belongs to the site of the finding that is nearest to it.
//
// The standard output is the same for the same input, whatever the number of workers; times go to standard error. SavedModels
// that a program loads are not looked up, as only sources are checked out.
package main
