//go:build !linux && !darwin

package analyzer

import sitter "github.com/smacker/go-tree-sitter"

func takeOver(root *sitter.Node) []record { return takeOverSlowly(root) }
