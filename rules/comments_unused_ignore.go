package rules

import "slices"

var unusedIgnore = &Rule{
	Code: "TFM901",
	Name: "unused-ignore",
	Doc: Doc{
		What: "A comment that ignores a rule where that rule finds nothing.",
		Why: "The code it was written for has changed or gone, or it stands at the wrong line. What is left of it would hide the next finding that " +
			"comes to stand there.",
		Before: `import tensorflow as tf

# tfmigrate: ignore[TFM102] the old server reads this
tf.saved_model.save(tf.Module(), "model")
`,
		Silent: `import tensorflow as tf

TEXT = "# tfmigrate: ignore[TFM101]"  # a string, and no comment


def export(sess, x, y):
    tf.compat.v1.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})  # tfmigrate: ignore[TFM102] the old server reads this
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model",
	},
	Find: func(p *Pass) {
		for _, ig := range p.ignores {
			if ig.wrong != "" {
				continue
			}
			for i, r := range ig.Rules {
				f := Finding{Span: ig.Span, Severity: Hazard, Reason: "remove " + ig.names[i] + " from the comment, or the comment if it names no other rule"}
				switch {
				case slices.Contains(ig.Rules[:i], r):
					f.Message = "the comment ignores " + ig.names[i] + " twice"
				case len(ig.Covers) == 0:
					f.Message = "the comment ignores " + ig.names[i] + ", and no statement is beside it or right below"
				case !slices.ContainsFunc(*p.findings, func(g Finding) bool { return g.Rule == r && p.ignoredBy(ig, g) }):
					f.Message = "the comment ignores " + ig.names[i] + ", which finds nothing here"
				default:
					continue
				}
				p.Report(f)
			}
		}
	},
}

// ignoredBy tells whether a comment ignores a finding: at its own place, or at another place of its site.
func (p *Pass) ignoredBy(ig *Ignore, f Finding) bool {
	return slices.ContainsFunc(*p.findings, func(g Finding) bool {
		return ig.hasRule(g.Rule) && ig.covers(g.Span) && (g.Span == f.Span && g.Rule == f.Rule || f.Site != nil && g.Site == f.Site)
	})
}
