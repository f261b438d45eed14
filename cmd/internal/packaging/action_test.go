//go:build tensorflow

package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// action is what GitHub reads of action.yml
// (https://docs.github.com/actions/sharing-automations/creating-actions/metadata-syntax-for-github-actions).
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Name, If, Uses, Shell, Run string
			Env, With                      map[string]string
		}
	}
}

// expression is one that GitHub fills in.
var expression = regexp.MustCompile(`\$\{\{ ([\w.-]+) \}\}`)

// TestAction runs the steps of action.yml that are commands, as GitHub does, over what its inputs say.
func TestAction(t *testing.T) {
	source, _ := project(t)
	var a action
	must(t, yaml.Unmarshal(read(t, filepath.Join(source, "action.yml")), &a))
	if a.Runs.Using != "composite" {
		t.Fatalf("runs: %+v", a.Runs)
	}
	uploads := 0
	for _, step := range a.Runs.Steps {
		if (step.Run == "") == (step.Uses == "") || step.Run != "" && step.Shell != "bash" {
			t.Errorf("%+v", step)
		}
		if strings.HasPrefix(step.Uses, "github/codeql-action/upload-sarif@v") && step.If == "inputs.upload == 'true'" && step.With["sarif_file"] == "${{ inputs.sarif-file }}" {
			uploads++
		}
	}
	if uploads != 1 {
		t.Errorf("%d steps upload the report", uploads)
	}
	// What the workflow in docs/ci.md gives are inputs that there are.
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	shown(t, ".github/workflows/tfmigrate.yml", &workflow)
	steps := workflow.Jobs["tfmigrate"].Steps
	given := steps[len(steps)-1].With
	if len(given) == 0 {
		t.Errorf("docs/ci.md shows %+v", workflow)
	}
	work, temp := t.TempDir(), t.TempDir()
	must(t, os.Mkdir(filepath.Join(work, "src"), 0o777))
	must(t, os.Mkdir(filepath.Join(work, "a b"), 0o777))
	copyOf(t, filepath.Join(work, "src"), "builder_add_two.py")
	copyOf(t, filepath.Join(work, "a b"), "silent_tf2.py")

	for _, test := range []struct {
		name    string
		with    map[string]string
		code    int
		results int // in the report; -1 where there is none
	}{
		{"as docs/ci.md shows it", given, 1, 4},
		{"with what is not there by default", nil, 1, 4},
		{"findings that do not fail", map[string]string{"fail-on-findings": "false", "sarif-file": "out/report.sarif"}, 0, 4},
		{"nothing found", map[string]string{"paths": "a b\n"}, 0, 0},
		{"two paths", map[string]string{"paths": "a b\nsrc"}, 1, 4},
		{"a path that is not there", map[string]string{"paths": "a b\ngone", "fail-on-findings": "false"}, 3, 0},
		{"arguments", map[string]string{"args": "--ignore ALL --jobs 1"}, 0, 0},
		{"arguments that are wrong", map[string]string{"args": "--nope", "fail-on-findings": "false"}, 2, -1},
		{"what a shell would take for commands", map[string]string{"paths": "$(touch hacked); touch hacked"}, 3, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			values := map[string]string{"github.action_path": source}
			for name, input := range a.Inputs {
				values["inputs."+name] = input.Default
			}
			for name, value := range test.with {
				if _, ok := a.Inputs[name]; !ok {
					t.Fatalf("there is no input %s", name)
				}
				values["inputs."+name] = value
			}
			report := filepath.Join(work, values["inputs.sarif-file"])
			must(t, os.RemoveAll(report))
			must(t, os.MkdirAll(filepath.Dir(report), 0o777))
			code, out := 0, ""
			for _, step := range a.Runs.Steps {
				if step.Run == "" || code != 0 {
					continue
				}
				code, out = runStep(t, work, temp, step.ID, step.Run, step.Env, values)
			}
			if code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, out)
			}
			if test.results >= 0 {
				if got := results(t, report); got != test.results {
					t.Errorf("%d results, want %d", got, test.results)
				}
			} else if _, err := os.Stat(report); err == nil {
				t.Error("there is a report")
			}
			if _, err := os.Stat(filepath.Join(work, "hacked")); err == nil {
				t.Error("an input was run")
			}
		})
	}
}

// runStep runs the command of a step with the variables that GitHub sets, and takes down its outputs.
func runStep(t *testing.T, work, temp, id, script string, env, values map[string]string) (int, string) {
	t.Helper()
	fill := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(e string) string {
			value, ok := values[expression.FindStringSubmatch(e)[1]]
			if !ok {
				t.Fatalf("nothing gives %s", e)
			}
			return value
		})
	}
	if expression.MatchString(script) {
		t.Errorf("an expression in a command lets what it stands for be a command:\n%s", script)
	}
	output, path := filepath.Join(temp, "output"), filepath.Join(temp, "path")
	must(t, os.WriteFile(output, nil, 0o666))
	added, _ := os.ReadFile(path)
	vars := []string{"RUNNER_TEMP=" + temp, "GITHUB_OUTPUT=" + output, "GITHUB_PATH=" + path,
		"PATH=" + strings.Join(append(strings.Fields(string(added)), os.Getenv("PATH")), string(os.PathListSeparator))}
	for name, value := range env {
		vars = append(vars, name+"="+fill(value))
	}
	code, out := run(t, work, vars, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	for line := range strings.Lines(string(read(t, output))) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values["steps."+id+".outputs."+name] = value
		}
	}
	return code, out
}

func results(t *testing.T, report string) int {
	t.Helper()
	var sarif struct {
		Runs []struct{ Results []any }
	}
	must(t, json.Unmarshal(read(t, report), &sarif))
	return len(sarif.Runs[0].Results)
}

// TestGitLab runs the job that docs/ci.md shows, with the program of the work tree in place of a released one.
func TestGitLab(t *testing.T) {
	var jobs map[string]struct {
		Script    []string
		Artifacts struct{ Reports struct{ Codequality string } }
	}
	shown(t, ".gitlab-ci.yml", &jobs)
	job := jobs["tfmigrate"]
	if len(job.Script) != 2 || !strings.HasPrefix(job.Script[0], "go install github.com/tfmigrate/tfmigrate/cmd/tfmigrate@") {
		t.Fatalf("docs/ci.md shows %+v", job)
	}
	bin, work := t.TempDir(), t.TempDir()
	build := exec.Command("go", "install", "./cmd/tfmigrate")
	build.Dir, build.Env = root(t), append(os.Environ(), "GOBIN="+bin)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	copyOf(t, work, "builder_add_two.py")
	code, out := run(t, work, []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")}, "sh", "-ec", job.Script[1])
	var issues []struct{ Fingerprint string }
	must(t, json.Unmarshal(read(t, filepath.Join(work, job.Artifacts.Reports.Codequality)), &issues))
	if code != 1 || len(issues) != 4 || issues[0].Fingerprint == "" {
		t.Errorf("exit code %d and %+v\n%s", code, issues, out)
	}
}
