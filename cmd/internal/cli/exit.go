package cli

import (
	"errors"
	"fmt"
)

// Exit codes, the same for every command.
const (
	exitOK       = 0 // nothing found, or the same
	exitFindings = 1 // findings left, or different
	exitUsage    = 2 // the command line is wrong
	exitFailed   = 3 // something could not be read, written or run
	exitUnknown  = 4 // it could not be told
)

// exitError carries an exit code to Run. err is nil where the command has said on its own all there is to say.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usagef is a complaint about the command line itself.
func usagef(format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// exitWith ends a command that has printed its result with a code other than 0.
func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return &exitError{code: code}
}

// codeOf is the exit code of what a command returned.
func codeOf(err error) int {
	if err == nil {
		return exitOK
	}
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailed
}
