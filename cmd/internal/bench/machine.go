//go:build unix

package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// machine says what this runs on, as far as the system tells.
func machine() string {
	parts := []string{fmt.Sprintf("%s, %d cores", field("/proc/cpuinfo", "model name", ":", runtime.GOARCH), runtime.NumCPU())}
	if kb, err := strconv.Atoi(strings.TrimSuffix(field("/proc/meminfo", "MemTotal", ":", ""), " kB")); err == nil {
		parts = append(parts, fmt.Sprintf("%.0f GB", float64(kb)/1e6))
	}
	parts = append(parts, strings.Trim(field("/etc/os-release", "PRETTY_NAME", "=", runtime.GOOS), `"`))
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		version, _, _ := strings.Cut(strings.TrimSpace(string(release)), "-")
		parts = append(parts, "kernel "+version)
	}
	return strings.Join(parts, ", ")
}

// load is how many threads wanted to run in the last minute; empty where the system doesn't tell.
func load() string {
	all, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(all), " ")
	return first
}

// field is what the first line that begins with a key has behind it.
func field(path, key, sep, otherwise string) string {
	all, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	for line := range strings.Lines(string(all)) {
		if k, v, ok := strings.Cut(line, sep); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return otherwise
}
