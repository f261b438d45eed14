// Package cli is the terminal side of tfmigrate: one file a command, and nothing else prints or chooses an exit code.
//
// A command parses its flags, calls one of the packages analyzer, rules, rewrite or verify, and renders what comes back.
// Every command returns an error; Run turns it into a line on stderr and an exit code (see exit.go), so that no command
// ends the process and tests drive the whole program through Run.
package cli
