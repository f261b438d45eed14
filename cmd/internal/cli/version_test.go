package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionText(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	built := debug.BuildInfo{GoVersion: "go1.26.0", Settings: []debug.BuildSetting{setting("GOOS", "linux"), setting("GOARCH", "amd64")}}
	const head, build = "tfmigrate " + release + "\n", "build: go1.26.0 linux/amd64\nmodels: "
	const none = "no runtime: lint, fix and inspect work, verify runs no models\n"

	of := func(version string, deps []*debug.Module, settings ...debug.BuildSetting) *debug.BuildInfo {
		info := built
		info.Main = debug.Module{Path: "example.org/tfmigrate", Version: version}
		info.Deps = deps
		info.Settings = append(settings, built.Settings...)
		return &info
	}
	for _, test := range []struct {
		info       *debug.BuildInfo
		runsModels bool
		want       string
	}{
		{of("(devel)", nil), false, head + "source: unknown\n" + build + none},
		{of("v0.1.0", nil), false, head + "module: example.org/tfmigrate v0.1.0\n" + build + none},
		{of("v0.0.0-20260102030405-abcdefabcdef", nil, setting("vcs.revision", "abc"), setting("vcs.time", "2026-01-02T03:04:05Z"), setting("vcs.modified", "false")), false,
			head + "commit: abc of 2026-01-02T03:04:05Z\n" + build + none},
		{of("(devel)", nil, setting("vcs.revision", "abc"), setting("vcs.modified", "true")), false,
			head + "commit: abc, with changes that are not committed\n" + build + none},
		{of("", []*debug.Module{{Path: "example.org/other", Version: "v1.0.0"}, {Path: binding, Version: "v2.3.4"}}), true,
			head + "source: unknown\n" + build + "runs models with the TensorFlow that it finds, through " + binding + " v2.3.4\n"},
		{of("", []*debug.Module{{Path: binding, Version: "v2.3.4"}}), false, head + "source: unknown\n" + build + none},
	} {
		if got := versionText(test.info, test.runsModels); got != test.want {
			t.Errorf("got\n%swant\n%s", got, test.want)
		}
	}
}
