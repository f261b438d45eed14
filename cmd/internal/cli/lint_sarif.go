package cli

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/tfmigrate/tfmigrate/rules"
)

// srcRoot is the base of every path of a SARIF report that lies below the current directory.
const srcRoot = "%SRCROOT%"

// writeLintSARIF writes SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): a result for each finding, with the
// other places of its site as related locations, and a notification for what was not checked.
func writeLintSARIF(w io.Writer, _ terminal, r *report) error {
	out, err := sarif.New(sarif.Version210)
	if err != nil {
		return err
	}
	driver := &sarif.ToolComponent{Name: "tfmigrate", InformationURI: new(projectPage), Rules: []*sarif.ReportingDescriptor{}}
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		driver.Version = &info.Main.Version
	}
	run := sarif.NewRun(*sarif.NewTool(driver))
	run.ColumnKind = "unicodeCodePoints"
	run.Results = []*sarif.Result{}
	if here, err := os.Getwd(); err == nil {
		run.OriginalUriBaseIDs = map[string]*sarif.ArtifactLocation{srcRoot: {URI: new(fileURI(here) + "/")}}
	}
	index, err := addSARIFRules(driver, r.findings)
	if err != nil {
		return err
	}
	for _, f := range r.findings {
		run.Results = append(run.Results, sarifResult(f, index[f.Code]))
	}
	run.Invocations = []*sarif.Invocation{sarifInvocation(r)}
	out.Runs = []*sarif.Run{run}
	return writeJSON(w, out)
}

// addSARIFRules describes the rules that found something, by code, and gives their places in the list.
func addSARIFRules(driver *sarif.ToolComponent, found []finding) (map[string]uint, error) {
	index := map[string]uint{}
	used := map[string]bool{}
	for _, f := range found {
		used[f.Code] = true
	}
	for _, r := range rules.All {
		if !used[r.Code] {
			continue
		}
		page, err := newPage(context.Background(), r)
		if err != nil {
			return nil, err
		}
		index[r.Code] = uint(len(driver.Rules))
		driver.Rules = append(driver.Rules, &sarif.ReportingDescriptor{
			ID:                   r.Code,
			Name:                 new(r.Name),
			ShortDescription:     sarif.NewMultiformatMessageString(r.Doc.What),
			FullDescription:      sarif.NewMultiformatMessageString(r.Doc.Why),
			Help:                 sarif.NewMultiformatMessageString(r.Doc.What + "\n\n" + r.Doc.Why).WithMarkdown(page.markdown()),
			HelpURI:              new(rulePage(r.Code, r.Name)),
			DefaultConfiguration: &sarif.ReportingConfiguration{Level: sarifLevel[page.Severity]},
			Properties:           sarif.Properties{"tags": []string{"tensorflow", "migration"}, "problem.severity": sarifLevel[page.Severity]},
		})
	}
	return index, nil
}

// sarifLevel is a severity in SARIF's words (3.27.10).
var sarifLevel = map[string]string{"breaks": "error", "works": "warning", "hazard": "warning"}

func sarifResult(f finding, rule uint) *sarif.Result {
	out := &sarif.Result{
		RuleID:    new(f.Code),
		RuleIndex: new(rule),
		Level:     new(sarifLevel[f.Severity]),
		Message:   sarif.Message{Text: new(f.said())},
		Locations: []*sarif.Location{sarifLocation(f, "")},
		// GitHub goes by primaryLocationLineHash, others by the tool's own.
		PartialFingerprints: map[string]any{"primaryLocationLineHash": f.Fingerprint, "tfmigrate/v1": f.Fingerprint},
	}
	out.Properties = sarif.Properties{"severity": f.Severity, "fixable": f.Fixable}
	if f.Cell != nil {
		out.Properties["cell"], out.Properties["cellLine"] = *f.Cell, f.Line
	}
	for i, p := range sorted(f.Related) {
		location := sarifLocation(p, p.Code+" "+p.Message)
		location.Id = new(uint(i + 1))
		out.RelatedLocations = append(out.RelatedLocations, location)
	}
	if f.change != nil {
		out.Fixes = []*sarif.Fix{sarifFix(f)}
	}
	return out
}

func sarifLocation(f finding, message string) *sarif.Location {
	region := f.at.sarif()
	region.Snippet = &sarif.ArtifactContent{Text: new(f.text)}
	if f.Cell != nil {
		region.Snippet = nil // the file has the text in JSON
	}
	out := &sarif.Location{PhysicalLocation: &sarif.PhysicalLocation{ArtifactLocation: sarifArtifact(f.Path), Region: region}}
	if message != "" {
		out.Message = sarif.NewTextMessage(message)
	}
	return out
}

// sarifFix says in its description what the fix assumes, for a viewer applies it without asking for --unsafe-fixes.
func sarifFix(f finding) *sarif.Fix {
	description := f.change.description
	if f.change.unsafe {
		description = "unsafe: " + description
	}
	file := &sarif.ArtifactChange{ArtifactLocation: *sarifArtifact(f.Path)}
	for _, e := range f.change.edits {
		file.Replacements = append(file.Replacements, &sarif.Replacement{
			DeletedRegion:   *f.change.span(e.First, e.Last).sarif(),
			InsertedContent: &sarif.ArtifactContent{Text: new(e.Text)},
		})
	}
	return &sarif.Fix{Description: sarif.NewTextMessage(description), ArtifactChanges: []*sarif.ArtifactChange{file}}
}

func (r region) sarif() *sarif.Region {
	return &sarif.Region{StartLine: new(r.line), StartColumn: new(r.column), EndLine: new(r.endLine), EndColumn: new(r.endColumn)}
}

// sarifInvocation says whether everything was checked, and what was not.
func sarifInvocation(r *report) *sarif.Invocation {
	out := &sarif.Invocation{ExecutionSuccessful: new(len(r.problems) == 0)}
	for _, p := range r.located() {
		note := &sarif.Notification{Level: "error", Message: sarif.NewTextMessage(p.err.Error())}
		if p.path != "" {
			at := &sarif.PhysicalLocation{ArtifactLocation: sarifArtifact(p.path)}
			if p.at.line > 0 {
				at.Region = p.at.sarif()
			}
			note.Locations = []*sarif.Location{{PhysicalLocation: at}}
		}
		out.ToolExecutionNotifications = append(out.ToolExecutionNotifications, note)
	}
	if r.checked == 0 && len(r.problems) == 0 {
		out.ToolExecutionNotifications = []*sarif.Notification{{Level: "warning", Message: sarif.NewTextMessage(nothingChecked)}}
	}
	return out
}

// sarifArtifact names a file: from the root of the source if it is below it, else by its whole path.
func sarifArtifact(path string) *sarif.ArtifactLocation {
	path = reportPath(path)
	if filepath.IsLocal(filepath.FromSlash(path)) {
		return &sarif.ArtifactLocation{URI: new((&url.URL{Path: path}).String()), URIBaseId: new(srcRoot)}
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return &sarif.ArtifactLocation{URI: new(fileURI(path))}
}

// fileURI is the address of an absolute path (RFC 8089).
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
