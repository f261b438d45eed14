// Command bench measures lint and fix beside ruff, ast-grep, ripgrep and tf_upgrade_v2, all in one run and in turn, and writes docs/benchmarks.md (make bench).
//
// What it runs, it runs as a user would: processes, from their start to their end. A process's times and its memory are what the system
// counted for it (wait4). The memory of a process can't be told where it is less than that of this program, which it begins as: so this one
// keeps nothing large. The page says what the figures mean.
package main
