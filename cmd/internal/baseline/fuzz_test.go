package baseline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzRead holds that no text of a baseline makes reading it panic, that what is refused is refused with the file's name, and that what is read comes back when it is
// written and read again.
func FuzzRead(f *testing.F) {
	f.Add("{\n  \"version\": 1,\n  \"findings\": [\n    {\"path\":\"a.py\",\"code\":\"TFM101\",\"fingerprint\":\"00ff\",\"ordinal\":1,\"text\":\"x\"}\n  ]\n}\n")
	f.Add("{\"version\": 1, \"findings\": []}")
	f.Add("{\"version\": 2}")
	f.Add("{\"version\": 1, \"findings\": [{\"path\":\"\\ud800\",\"code\":\"<\",\"fingerprint\":\"\\u2028\",\"ordinal\":9}]} {}")
	f.Add("\xef\xbb\xbf{\"version\": 1e0, \"findings\": null}")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		file := filepath.Join(dir, "baseline.json")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		b, err := Read(file)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "baseline "+file) {
				t.Errorf("%v", err)
			}
			return
		}
		encoded, err := Encode(b.Entries)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, encoded, 0o666); err != nil {
			t.Fatal(err)
		}
		again, err := Read(file)
		if err != nil {
			t.Fatalf("%v in\n%s", err, encoded)
		}
		if want := slices.SortedFunc(slices.Values(b.Entries), compare); !slices.Equal(again.Entries, want) {
			t.Errorf("%+v became %+v", want, again.Entries)
		}
		for _, e := range b.Entries {
			if !again.Has(e) {
				t.Errorf("%+v is not known any more", e)
			}
			b.Exists(e)
		}
	})
}
