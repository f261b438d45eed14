package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

// sessionMakers are the calls that make a session.
var sessionMakers = []string{"Session", "InteractiveSession"}

// liftLoads lifts saved_model.load(sess, tags, export_dir). TensorFlow 2's function of the same name takes the directory first, so under
// plain tensorflow only a call with a session in front, or with three arguments, is TensorFlow 1's.
func liftLoads(x *Facts) []Site {
	var out []Site
	for _, c := range x.Calls("saved_model.load") {
		api, _ := x.Callee(c)
		if !api.OnlyV1() && api.Root != Private && !x.takesSession(c) {
			continue
		}
		l := &Load{Call: c}
		for i, name := range []string{"sess", "tags", "export_dir"} {
			if a, state := c.Arg(name, i); state == analyzer.Present {
				*[]*analyzer.Expr{&l.Session, &l.Tags, &l.Directory}[i] = a.Value
			}
		}
		if l.Session != nil {
			if made, ok := x.MadeBy(l.Session, sessionMakers...); ok {
				l.Made = made
				l.Runs = x.Methods(made, "run")
			}
		}
		out = append(out, l)
	}
	return out
}

// takesSession tells whether a call of saved_model.load can only be TensorFlow 1's.
func (x *Facts) takesSession(c *analyzer.Call) bool {
	if _, state := c.Arg("sess", -1); state == analyzer.Present {
		return true
	}
	positional := 0
	for _, a := range c.Args {
		if a.Name == "" && a.Stars == 0 {
			positional++
		}
	}
	if positional >= 3 {
		return true
	}
	first, state := c.Arg("sess", 0)
	if state != analyzer.Present {
		return false
	}
	_, ok := x.MadeBy(first.Value, sessionMakers...)
	return ok
}
