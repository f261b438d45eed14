package rewrite

import (
	"github.com/tfmigrate/tfmigrate/analyzer"
	"github.com/tfmigrate/tfmigrate/rules"
)

// NewProject is the project that some files belong to, for the rules and the rewrites to ask: what they import is looked for below the directories in
// tops, which are absolute. What it knows of modules spares reading them, and changes nothing that is found.
func NewProject(files, tops []string) *analyzer.Project {
	return &analyzer.Project{Knows: rules.Knows, Suspect: Suspect, Ends: rules.Ends(), Files: files, Tops: tops}
}
