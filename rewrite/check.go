package rewrite

import (
	"context"
	"fmt"

	"github.com/tfmigrate/tfmigrate/analyzer"
)

// check reads the result of a patch again: it must parse, and what gpython's parser took before it must take after.
func check(before *analyzer.File, result []byte) error {
	after, err := analyzer.Parse(context.Background(), before.Path, result)
	if err != nil {
		return err
	}
	if len(after.Errors) > 0 {
		line, _ := after.Position(after.Errors[0].Start)
		return fmt.Errorf("the rewritten file would not parse, from line %d on; nothing was changed", line)
	}
	if analyzer.GpythonAccepts(before.Src) && !analyzer.GpythonAccepts(result) {
		return fmt.Errorf("the rewritten file would not be valid Python 3.4 any more, which it was; nothing was changed")
	}
	return nil
}
