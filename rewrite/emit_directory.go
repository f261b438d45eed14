package rewrite

import "github.com/tfmigrate/tfmigrate/rules"

// emitDirectory is the strategy for maybe_saved_model_directory, which TensorFlow 2 exports by another name alone.
func emitDirectory(p *program, site rules.Site) (*Fix, *Refusal) {
	d, ok := site.(*rules.DirectoryCheck)
	if !ok {
		return nil, nil
	}
	return &Fix{Site: site, Strategy: "load", Applicability: Safe, Mode: AnyMode, Message: "tf.saved_model.contains_saved_model is the same function",
		Edits: []Edit{{d.Call.Fn.Pos(), p.v2("saved_model.contains_saved_model")}}}, nil
}
