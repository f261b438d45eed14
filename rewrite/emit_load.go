package rewrite

import "github.com/tfmigrate/tfmigrate/rules"

func emitLoad(p *program, site rules.Site) (*Fix, *Refusal) { return nil, nil }
