package cli

import "context"

// ahead is how many results a worker may have ready before they are taken.
const ahead = 8

// inOrder calls work for 0 to n-1 with so many workers, and take with the results one by one in this order: how the work was shared out
// never shows. It ends early when the context does, with the number of results that were taken.
func inOrder[T any](ctx context.Context, workers, n int, work func(i int) T, take func(i int, result T)) (taken int) {
	workers = min(workers, n)
	results := make([]chan T, n)
	for i := range results {
		results[i] = make(chan T, 1)
	}
	next := make(chan int)
	room := make(chan struct{}, workers*ahead) // what is started and not taken yet
	go func() {
		defer close(next)
		for i := range n {
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for range workers {
		go func() {
			for i := range next {
				results[i] <- work(i)
			}
		}()
	}
	for i := range n {
		select {
		case result := <-results[i]:
			<-room
			if ctx.Err() != nil { // it may be cut short itself
				return i
			}
			take(i, result)
		case <-ctx.Done():
			return i
		}
	}
	return n
}
