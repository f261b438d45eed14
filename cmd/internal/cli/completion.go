package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// offer has the shell offer these words for a flag. In a list with commas between, it is the last one that is completed.
func offer(cmd *cobra.Command, flag string, words ...string) {
	list := cmd.Flags().Lookup(flag).Value.Type() == "stringSlice"
	must(cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		if !list {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		for _, w := range words {
			out = append(out, before+w)
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}))
}

// offerDirectories has the shell offer directories, for these flags.
func offerDirectories(cmd *cobra.Command, flags ...string) {
	for _, f := range flags {
		must(cmd.MarkFlagDirname(f))
	}
}

// directories has the shell offer directories where a command takes arguments.
func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// must is for what can only fail by a mistake in the program: a flag that is not there.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
