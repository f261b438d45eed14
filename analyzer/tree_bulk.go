//go:build linux || darwin

package analyzer

// What follows repeats declarations of tree-sitter's api.h, which lies in the package that binds it and can't be included from here; the functions come
// from the same package when the program is linked. TestTakeOver holds that what they give is what that package gives.

/*
#cgo linux LDFLAGS: -Wl,--unresolved-symbols=ignore-in-object-files
#cgo darwin LDFLAGS: -Wl,-undefined,dynamic_lookup
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
	uint32_t context[4];
	const void *id, *tree;
} TSNode;

typedef struct {
	const void *tree, *id;
	uint32_t context[3];
} TSTreeCursor;

TSTreeCursor ts_tree_cursor_new(TSNode node);
void ts_tree_cursor_delete(TSTreeCursor *self);
TSNode ts_tree_cursor_current_node(const TSTreeCursor *self);
uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *self);
bool ts_tree_cursor_goto_parent(TSTreeCursor *self);
bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *self);
bool ts_tree_cursor_goto_first_child(TSTreeCursor *self);
uint16_t ts_node_symbol(TSNode self);
uint32_t ts_node_start_byte(TSNode self);
uint32_t ts_node_end_byte(TSNode self);
uint32_t ts_node_descendant_count(TSNode self);
bool ts_node_is_named(TSNode self);
bool ts_node_is_missing(TSNode self);
bool ts_node_has_error(TSNode self);

typedef struct {
	uint32_t start, end, next;
	uint16_t symbol, field;
	uint32_t flags;
} record;

// take_over writes the records of a node and of all below it, each in front of those below it, and gives how many these are; 0 where there is no
// room for them.
static uint32_t take_over(TSNode root, record *out, uint32_t n) {
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	uint32_t count = 0;
	uint32_t depth = 0, room = 64;
	uint32_t *above = malloc(room * sizeof *above); // the nodes whose children are being walked
	while (above != NULL) {
		if (count == n) {
			count = 0;
			break;
		}
		TSNode node = ts_tree_cursor_current_node(&cursor);
		record *r = &out[count];
		r->start = ts_node_start_byte(node);
		r->end = ts_node_end_byte(node);
		r->symbol = ts_node_symbol(node);
		r->field = ts_tree_cursor_current_field_id(&cursor);
		r->flags = (ts_node_is_named(node) ? 1 : 0) | (ts_node_is_missing(node) ? 2 : 0) | (ts_node_has_error(node) ? 4 : 0);
		r->next = ++count;
		if (ts_tree_cursor_goto_first_child(&cursor)) {
			if (depth == room) {
				uint32_t *more = realloc(above, (room *= 2) * sizeof *above);
				if (more == NULL) {
					count = 0;
					break;
				}
				above = more;
			}
			above[depth++] = count - 1;
			continue;
		}
		while (depth > 0 && !ts_tree_cursor_goto_next_sibling(&cursor)) {
			ts_tree_cursor_goto_parent(&cursor);
			out[above[--depth]].next = count;
		}
		if (depth == 0) {
			break;
		}
	}
	free(above);
	ts_tree_cursor_delete(&cursor);
	return count;
}
*/
import "C"

import (
	"unsafe"

	sitter "github.com/smacker/go-tree-sitter"
)

// takeOver brings all nodes of a tree over from C: the way there and back costs more than a node does. They lie in room if that is enough for them.
func takeOver(root *sitter.Node, room []record) []record {
	in := *(*C.TSNode)(unsafe.Pointer(root)) // a sitter.Node begins with it
	for size := int(C.ts_node_descendant_count(in)); ; size *= 2 {
		if cap(room) < size {
			room = make([]record, size)
		}
		room = room[:cap(room)]
		if n := C.take_over(in, (*C.record)(unsafe.Pointer(&room[0])), C.uint32_t(len(room))); n > 0 {
			return room[:n]
		}
	}
}
