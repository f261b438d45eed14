package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/tfmigrate/tfmigrate/verify/tfrt"
)

// release is the version of this source, and the next tag. The wheel takes its version from this line.
const release = "0.1.0"

// binding is the module by which models are run.
const binding = "github.com/galeone/tensorflow/tensorflow/go"

// versionText is what --version prints of a build: the release on a line of its own, and then which source it was built of, and how.
func versionText(info *debug.BuildInfo, runsModels bool) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	source := "source: unknown"
	if commit := settings["vcs.revision"]; commit != "" {
		source = "commit: " + commit
		if at := settings["vcs.time"]; at != "" {
			source += " of " + at
		}
		if settings["vcs.modified"] == "true" {
			source += ", with changes that are not committed"
		}
	} else if strings.HasPrefix(info.Main.Version, "v") { // go install of a version, which names the commit where it is no tag
		source = "module: " + info.Main.Path + " " + info.Main.Version
	}
	models := "no runtime: lint, fix and inspect work, verify runs no models"
	if runsModels {
		models = "runs models with the TensorFlow that it finds"
		for _, m := range info.Deps {
			if m.Path == binding {
				models += ", through " + m.Path + " " + m.Version
			}
		}
	}
	platform := cmp.Or(settings["GOOS"], runtime.GOOS) + "/" + cmp.Or(settings["GOARCH"], runtime.GOARCH)
	return fmt.Sprintf("tfmigrate %s\n%s\nbuild: %s %s\nmodels: %s\n", release, source, info.GoVersion, platform, models)
}

// buildInfo is what Go wrote into this program, and as much as is known anyway where it wrote nothing.
func buildInfo() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{GoVersion: runtime.Version()}
}

func version() string { return versionText(buildInfo(), tfrt.Built) }
