package cli

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// patience is how long work may take before its progress is shown, and period how often it is shown then.
const (
	patience = time.Second
	period   = 100 * time.Millisecond
)

// progress shows on a terminal how far long work has come, in one line that is gone at the end.
type progress struct {
	done    atomic.Int64
	stop    chan struct{}
	stopped chan struct{}
}

// startProgress begins to watch over work on so many files. Nothing is ever written to a pipe or a file, nor to a terminal that can't erase.
func startProgress(w io.Writer, total int) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return &progress{}
	}
	return showProgress(w, total, time.NewTimer(patience).C, time.NewTicker(period).C)
}

func showProgress(w io.Writer, total int, begin, tick <-chan time.Time) *progress {
	p := &progress{stop: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(p.stopped)
		select {
		case <-begin:
		case <-p.stop:
			return
		}
		for {
			fmt.Fprintf(w, "\r\x1b[K%d of %s", p.done.Load(), count(total, "file"))
			select {
			case <-tick:
			case <-p.stop:
				fmt.Fprint(w, "\r\x1b[K")
				return
			}
		}
	}()
	return p
}

// step counts one file.
func (p *progress) step() { p.done.Add(1) }

// end takes the line away again. It is to be called once, before anything else is written to the terminal.
func (p *progress) end() {
	if p.stop != nil {
		close(p.stop)
		<-p.stopped
	}
}
