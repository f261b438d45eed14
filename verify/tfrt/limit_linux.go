package tfrt

import "syscall"

// limitMemory keeps a model that asks for a terabyte from taking the machine down: a child may have half of its memory, and as much
// address space as TensorFlow's libraries need besides. An allocation beyond fails at once, and TensorFlow reports it.
func limitMemory() {
	var info syscall.Sysinfo_t
	if raceEnabled || syscall.Sysinfo(&info) != nil {
		return
	}
	const libraries = 4 << 30
	most := uint64(info.Totalram)*uint64(info.Unit)/2 + libraries
	syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most})
	syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
