package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tfmigrate/tfmigrate/verify"
	"github.com/tfmigrate/tfmigrate/verify/tfrt"
)

// modelLoads is what --loads-on tells of one model.
type modelLoads struct {
	Dir        string              `json:"dir"`
	MetaGraphs []verify.LoadReport `json:"meta_graphs"`
}

// runLoads is verify --loads-on.
func (v *verifying) runLoads(cmd *cobra.Command, args []string) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"color", "loads-on", "format", "tag-set", "allow-ops", "timeout"}, f.Name) {
			err = usagef("--%s is about comparing, and --loads-on compares nothing", f.Name)
		}
	})
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"text", "json"}, v.format) {
		return usagef("--format %s: text or json with --loads-on", v.format)
	}
	v.opt.TagSet = tagFlag(cmd, v.tagSet)
	var models []modelLoads
	var all []verify.LoadReport
	for _, dir := range args {
		m, err := verify.Read(dir)
		if err != nil {
			return err
		}
		reports, err := loadsOn(cmd.Context(), m, v.loadsOn, v.opt)
		if err != nil {
			return err
		}
		models = append(models, modelLoads{dir, reports})
		all = append(all, reports...)
	}
	out := cmd.OutOrStdout()
	if v.format == "json" {
		err = writeJSON(out, models)
	} else {
		_, err = fmt.Fprint(out, loadsText(newTerminal(out, v.colour), models))
	}
	if err != nil {
		return err
	}
	switch verify.AllLoad(all) {
	case verify.Loads:
		return nil
	case verify.DoesNotLoad:
		return exitWith(exitFindings)
	}
	return exitWith(exitUnknown)
}

// loadsOn tries a model on the TensorFlow in a directory.
func loadsOn(ctx context.Context, m *verify.SavedModel, dir string, opt verify.Options) ([]verify.LoadReport, error) {
	child, err := childCommand()
	if err != nil {
		return nil, err
	}
	reports, err := verify.LoadsOn(ctx, m, tfrt.Open(ctx, child, dir, m.Dir), opt)
	if errors.Is(err, context.Canceled) {
		return nil, errors.New("interrupted")
	}
	return reports, lacking(err)
}

// loadsText has a line for each meta graph.
func loadsText(t terminal, models []modelLoads) string {
	styles := map[verify.Outcome]string{verify.Loads: green, verify.DoesNotLoad: red, verify.LoadUnknown: yellow}
	var b strings.Builder
	for _, m := range models {
		for _, r := range m.MetaGraphs {
			on := ""
			if r.Runtime != "" {
				on = " on " + visible(r.Runtime)
			}
			fmt.Fprintf(&b, "%s [%s]%s: %s: %s\n", visible(m.Dir), visible(strings.Join(r.TagSet, ",")), on, t.paint(styles[r.Outcome], r.Outcome.String()), visible(r.Detail))
		}
	}
	return b.String()
}
