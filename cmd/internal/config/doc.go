// Package config knows what a project asks of tfmigrate: it finds the configuration that a file is under and merges the command line into it.
//
// # Contract
//
// Lookup.For gives the Settings of a directory. The nearest configuration counts alone: tfmigrate.toml, or a pyproject.toml with a table
// [tool.tfmigrate], in the directory or the closest one above it; tfmigrate.toml comes first where both are there. Nothing is inherited from
// files further up. What a file says wrong is an error with the file and the line.
//
// # How
//
// file.go reads a file: every value has a type that checks itself while TOML is decoded, so that go-toml knows the line. selector.go
// decides which rules are wanted, glob.go which paths are meant, settings.go puts it together.
//
// # Awkward truths
//
//   - A pyproject.toml that is no TOML and does not hold the word tfmigrate is passed over: it is not ours to complain about.
//   - Globs are relative to the directory of the file they stand in, those of the command line and of --config to the current directory.
package config
