package rules

var badIgnore = &Rule{
	Code: "TFM902",
	Name: "bad-ignore",
	Doc: Doc{
		What: "A comment that was meant to ignore a rule and ignores none, because of how it is written.",
		Why: "It names no rule, or one that does not exist. A comment without a rule is not taken for all rules: it would hide whatever comes to stand " +
			"there later.",
		Before: `import tensorflow as tf

model = tf.saved_model.load("model")  # tfmigrate: ignore
`,
		Silent: `import tensorflow as tf

# tfmigrate: see the notes of the migration


def export(sess, x, y):
    tf.compat.v1.saved_model.simple_save(sess, "export", {"x": x}, {"y": y})  # noqa  # tfmigrate: ignore[simple-save] the old server reads this
`,
		Link: "https://www.tensorflow.org/guide/migrate/saved_model",
	},
	Find: func(p *Pass) {
		for _, ig := range p.ignores {
			if ig.wrong != "" {
				p.Report(Finding{Span: ig.Span, Severity: Hazard, Message: "the comment ignores nothing: " + ig.wrong, Reason: "correct the comment, or remove it"})
			}
		}
	},
}
