// Command corpus measures the linter and the fixes on public code that others wrote.
//
//	corpus [-save FILE] [-compare FILE] [-diff FILE] DIR
//
// DIR holds repos.json (repositories and the commit that was read), labels.jsonl (what a line of theirs is, told by hand) and
// the checkouts as owner+name/. Every Python file and notebook of a checkout is linted and fixed in memory, with safe fixes
// alone and with all; nothing below DIR is written. `make corpus` runs it.
//
// # What is counted
//
//   - A label of a true site is hit if a finding begins within two lines of it. Since one finding can hit several labels that
//     way, the column "own" gives each finding to one label at most, the nearest first.
//   - A look-alike is a lure if a finding begins on its line and no true label stands there. A finding's lines behind its
//     first do not count: the arguments of a call are inside its span, and look-alikes stand among them.
//   - A notebook's label names the line in a cell and not the cell: it stands for the code cells whose line mentions its kind
//     (kinds). Labels of files, lines and cells that are not there are skipped, and counted.
//   - What a fix writes must be read by CPython if CPython read the file before, and must not change when it is fixed again.
//
// The standard output is the same for the same input, whatever the number of workers; times go to standard error. SavedModels
// that a program loads are not looked up, as only sources are checked out.
package main
