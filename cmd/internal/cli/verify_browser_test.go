package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tfmigrate/tfmigrate/verify"
)

// browsers are the programs that can be driven, by the names under which systems install them.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}

// findBrowser gives the program that TFMIGRATE_BROWSER names, or one of browsers. Without any the test is skipped, and fails where
// TFMIGRATE_BROWSER is set, as make test-browser does.
func findBrowser(t *testing.T) string {
	t.Helper()
	named, wanted := os.LookupEnv("TFMIGRATE_BROWSER")
	for _, name := range append([]string{named}, browsers...) {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path
		}
	}
	if wanted {
		t.Fatalf("no browser: install one of %s, or set TFMIGRATE_BROWSER", strings.Join(browsers, ", "))
	}
	t.Skipf("NOT TESTED in a browser: none of %s is installed", strings.Join(browsers, ", "))
	return ""
}

// look measures the page as it is drawn: what runs, what sticks out, and the smallest contrast of any text with what is behind it (WCAG 2,
// relative luminance).
const look = `(() => {
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return {rgb: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
  const lum = rgb => { const l = rgb.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0) return c.rgb; } return [255, 255, 255]; };
  let least = 99, where = '';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    if (!n.data.trim()) continue;
    const a = lum(parse(getComputedStyle(n.parentElement).color).rgb), b = lum(behind(n.parentElement));
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < least) { least = contrast; where = n.data; }
  }
  return {
    title: document.title, scripts: document.scripts.length, images: document.images.length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    background: getComputedStyle(document.body).backgroundColor, least, where,
    breaks: [...document.querySelectorAll('tr.breaks')].map(r => getComputedStyle(r.cells[0]).backgroundColor),
    plain: [...document.querySelectorAll('table.declared tr[class=""]')].map(r => getComputedStyle(r.cells[0]).backgroundColor),
    bars: [...document.querySelectorAll('.bar:not(.none)')].map(b => b.getBoundingClientRect().width),
    text: document.body.innerText,
  };
})()`

type seen struct {
	Title, Background, Where, Text string
	Scripts, Images                int
	Wide, Least                    float64
	Breaks, Plain                  []string
	Bars                           []float64
}

// TestInBrowser looks at pages in a real browser, wide and narrow, light and dark: nothing of a hostile model runs or is fetched, the
// browser has no complaint, nothing sticks out, differences stand out, and all text can be read. With TFMIGRATE_SCREENSHOTS=DIR it leaves
// pictures there.
func TestInBrowser(t *testing.T) {
	path := findBrowser(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()

	var mu sync.Mutex
	var fetched, complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			fetched = append(fetched, e.Request.URL)
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		}
	})
	if err := chromedp.Run(ctx, network.Enable(), log.Enable()); err != nil {
		t.Fatal(err)
	}

	r := hostileReport()
	all := &verify.AllReport{Verdict: verify.Different, Detail: "2 models: 1 DIFFERENT, 1 without a counterpart", Old: "old", New: hostileName, Notes: []string{hostileName}, Models: []verify.ModelReport{
		{Name: hostileName, OldVersion: "1", NewVersion: "2", Old: hostileName, New: hostileName, Verdict: verify.Different, Detail: "differs", Report: r},
		{Name: "lost", Old: "old/lost", Verdict: verify.Unknown, Detail: hostileName},
	}}
	pages := map[string]string{
		"one": render(t, pageOf(r, "tfmigrate verify a b")),
		"all": render(t, pageOfAll(all, func(verify.ModelReport) string { return "again" })),
	}
	for name, text := range pages {
		file := filepath.Join(t.TempDir(), name+".html")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		address := (&url.URL{Scheme: "file", Path: file}).String()
		backgrounds := map[string]bool{}
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1200, 380} {
				at := fmt.Sprintf("%s, %s, %d pixels wide", name, scheme, width)
				mu.Lock()
				fetched, complaints = nil, nil
				mu.Unlock()
				var s seen
				var shot []byte
				err := chromedp.Run(ctx,
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
					chromedp.EmulateViewport(width, 900),
					chromedp.Navigate(address),
					chromedp.Evaluate(look, &s),
					chromedp.FullScreenshot(&shot, 100))
				if err != nil {
					t.Fatalf("%s: %v", at, err)
				}
				if dir := os.Getenv("TFMIGRATE_SCREENSHOTS"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.png", name, scheme, width)), shot, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				mu.Lock()
				if !slices.Equal(fetched, []string{address}) || len(complaints) > 0 {
					t.Errorf("%s: fetched %q, complaints %q", at, fetched, complaints)
				}
				mu.Unlock()
				if s.Scripts+s.Images > 0 || !strings.HasPrefix(s.Title, "DIFFERENT: ") {
					t.Errorf("%s: the model wrote into the page: %d scripts, %d images, title %q", at, s.Scripts, s.Images, s.Title)
				}
				if !strings.Contains(s.Text, "<script>document.title='pwned'</script>") {
					t.Errorf("%s: the hostile name is not to be read", at)
				}
				if s.Wide > 0 {
					t.Errorf("%s: %v pixels stick out", at, s.Wide)
				}
				if s.Least < 4.5 {
					t.Errorf("%s: contrast of %.2f: %q", at, s.Least, s.Where)
				}
				if len(s.Breaks) == 0 || len(s.Plain) == 0 || s.Breaks[0] == s.Plain[0] {
					t.Errorf("%s: what breaks clients looks like the rest: %q, %q", at, s.Breaks, s.Plain)
				}
				if len(s.Bars) != 3 || s.Bars[0] < 10 || s.Bars[1] < 2*s.Bars[0] {
					t.Errorf("%s: bars %v", at, s.Bars)
				}
				backgrounds[s.Background] = true
			}
		}
		if len(backgrounds) != 2 {
			t.Errorf("%s: the same in the light and in the dark: %v", name, backgrounds)
		}
	}
}
