package cli

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tfmigrate/tfmigrate/verify"
)

// writeCounterexamples writes what shows the differences as a file of requests, and its name; "" when there is nothing to write.
func writeCounterexamples(file string, r *verify.Report) (string, error) {
	if file == "" {
		return "", nil
	}
	var b bytes.Buffer
	for _, s := range r.Signatures {
		if s.Counterexample == nil || len(s.Counterexample.Inputs) == 0 {
			continue
		}
		if err := s.Counterexample.WriteJSON(&b); err != nil {
			return "", fmt.Errorf("%s: signature %q: %w", file, s.Key, err)
		}
	}
	if b.Len() == 0 {
		return "", nil
	}
	return file, os.WriteFile(file, b.Bytes(), 0o644)
}

// again is the command that shows a difference once more: with the file that was written, or else with the seed.
func again(cmd *cobra.Command, args []string, written string, seed uint64) string {
	words := []string{"tfmigrate", "verify"}
	words = append(words, args...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains([]string{"all", "color", "counterexample", "format", "html", "seed"}, f.Name) || f.Name == "inputs" && written != "" {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			words = append(words, "--"+f.Name+"="+v)
		}
	})
	if written != "" {
		words = append(words, "--inputs="+written)
	} else {
		words = append(words, fmt.Sprintf("--seed=%d", seed))
	}
	for i, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return !strings.ContainsRune(plainWord, r) }) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// plainWord are the characters that a shell leaves alone.
const plainWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+@%"
