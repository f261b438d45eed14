package lsp

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// queue holds what is to be done, in order, and how to cancel the requests among it.
type queue struct {
	wake chan struct{} // has a value if there are tasks

	mu      sync.Mutex
	tasks   []func()
	pending map[jsonrpc2.ID]context.CancelFunc // requests that are not answered
}

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), pending: map[jsonrpc2.ID]context.CancelFunc{}}
}

func (q *queue) push(task func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks = append(q.tasks, task)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() []func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	tasks := q.tasks
	q.tasks = nil
	return tasks
}

// begin is the context of a request, which ends when that is cancelled or done.
func (q *queue) begin(ctx context.Context, id jsonrpc2.ID) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending[id] = cancel
	return ctx
}

// cancel ends a request that waits or is being answered.
func (q *queue) cancel(req *jsonrpc2.Request) {
	var p struct {
		ID jsonrpc2.ID `json:"id"`
	}
	if req.Params == nil || json.Unmarshal(*req.Params, &p) != nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.pending[p.ID]; cancel != nil {
		cancel()
	}
}

func (q *queue) done(id jsonrpc2.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.pending[id]; cancel != nil {
		cancel()
		delete(q.pending, id)
	}
}
