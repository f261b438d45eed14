// Package baseline keeps the findings that a project knows of, so that only new ones count.
//
// # Contract
//
// An entry is a path, a rule, and the statement that the finding is in, by a hash of its text: entries stay the same where lines move, where other
// statements change, and where a formatter lays the statement itself out anew. Where the same finding is there several times, each has a number.
// The file is JSON with one entry on a line, sorted; the same findings give the same bytes.
//
// # Awkward truths
//
//   - A file that is renamed has new findings, and its old ones are gone.
//   - Of equal statements in one file it can't be told which one went: the last entry is the one that is gone.
package baseline
