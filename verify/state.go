package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	types "github.com/galeone/tensorflow/tensorflow/go/core/framework/types_go_proto"
)

// digest stands for a value: equal digests are equal values, as far as SHA-256 can be trusted.
type digest [sha256.Size]byte

// digestOf hashes labelled parts, each with its length so that no two lists of parts run together.
func digestOf(label string, parts ...[]byte) digest {
	h := sha256.New()
	writePart(h, []byte(label))
	for _, p := range parts {
		writePart(h, p)
	}
	return digest(h.Sum(nil))
}

func writePart(h hash.Hash, p []byte) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p))))
	h.Write(p)
}

// tensorHead begins the digest of a tensor; its elements follow.
func tensorHead(h hash.Hash, d DType, dims []int64) {
	writePart(h, []byte("tensor"))
	writePart(h, fmt.Appendf(nil, "%d %d", d, dims))
}

// tensorDigest is the digest of a value in memory: a constant has the same as a variable with the same bytes.
func tensorDigest(t *Tensor) digest {
	h := sha256.New()
	tensorHead(h, t.DType, t.Dims)
	for _, s := range t.Strings {
		writePart(h, []byte(s))
	}
	h.Write(t.Data)
	return digest(h.Sum(nil))
}

// errNotProvable is wrapped by every reason why a proof does not come about.
var errNotProvable = errors.New("not provable")

func notProvable(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errNotProvable}, args...)...)
}

// state is what a session holds once a SavedModel is loaded: the content of every variable and table, by the identity that the
// runtime gives it. It is found by going through the restore step and the init step as the loader runs them.
type state struct {
	p         *program
	content   map[string]digest // by resourceKey
	bundle    *Bundle
	entries   map[string]digest // of the checkpoint, read once
	keys      map[digest]string // of the checkpoint, by the digest of what they hold
	assetSums []digest          // of the files of the assets
	changed   map[string]string // by resourceKey, what a request changes, and the signature that it is for
	checks    []digest          // what loading computes that may end in an error
}

// anonymousName makes every execution of a VarHandleOp a variable of its own (tensorflow/core/framework/resource_handle.h).
const anonymousName = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"

// resourceKey is what the runtime finds a variable or a table by: container and name. Ops with the same key share one.
func resourceKey(o *op) (string, error) {
	name := string(o.attrs["shared_name"].GetS())
	node := o.name
	inFunction := o.frame == nil || o.frame.fn != nil
	var family string
	switch o.kind {
	case "VarHandleOp": // the shared name alone counts
		family = "resource variable"
		if name == "" || name == anonymousName {
			return "", notProvable("variable %q has no name of its own", o.name)
		}
	case "VariableV2", "Variable":
		family = "reference variable"
		if name == "" {
			if inFunction {
				return "", notProvable("reference variable %q lives in a function", o.name)
			}
			name = node
		}
	case "HashTableV2", "HashTable":
		family = "table"
		if name == "" {
			if inFunction {
				return "", notProvable("table %q lives in a function and has no shared name", o.name)
			}
			if !o.attrs["use_node_name_sharing"].GetB() {
				family = "table of node"
			}
			name = node
		}
	default:
		return "", notProvable("%s (%s) keeps state", o.kind, o.name)
	}
	return fmt.Sprintf("%s %q %q", family, o.attrs["container"].GetS(), name), nil
}

// load goes through the steps. What it cannot follow is an error, and nothing of the meta graph is provable.
func (p *program) load() (*state, error) {
	s := &state{p: p, content: map[string]digest{}, entries: maps.Clone(p.stored), changed: map[string]string{}, keys: map[digest]string{}}
	if s.entries == nil {
		s.entries = map[string]digest{}
	}
	steps, err := p.loadSteps()
	if err != nil {
		return nil, err
	}
	if prefix := p.mg.VariablesPrefix(); prefix != "" {
		if s.bundle, err = OpenBundle(prefix); err != nil {
			return nil, err
		}
	}
	for _, step := range steps {
		if err := s.step(step); err != nil {
			return nil, fmt.Errorf("loading: %w", err)
		}
	}
	return s, s.requests()
}

// step follows one step: every write that it makes, to the state after it.
func (s *state) step(step Step) error {
	f, err := s.p.flattenStep(step)
	if err != nil {
		return err
	}
	if f.odd != "" {
		return notProvable("%s", f.odd)
	}
	c := newCanon(s.p, f, s)
	if s.bundle != nil {
		c.checkpoint = f.feeds[tensorName(s.p.mg.Def.GetSaverDef().GetFilenameTensorName())]
	}
	c.assets = map[*op]digest{}
	for _, a := range s.p.mg.Assets {
		feed := f.feeds[tensorName(a.Tensor)]
		if feed == nil {
			continue
		}
		sum, err := fileDigest(s.p.mg.assetPath(a))
		if err != nil {
			return err
		}
		c.assets[feed] = sum
	}
	c.writes = map[string]*op{}
	for _, o := range f.effects {
		switch o.kind {
		case "Assign", "AssignVariableOp", "LookupTableImport", "LookupTableImportV2", "InitializeTable", "InitializeTableV2", "InitializeTableFromTextFile", "InitializeTableFromTextFileV2":
			if len(o.in) < 2 {
				return notProvable("%s %q has %d inputs", o.kind, o.name, len(o.in))
			}
			target, err := c.norm(o.in[0])
			if err != nil {
				return err
			}
			key, err := resourceKey(target.op)
			if err != nil {
				return err
			}
			if c.dies[o] || len(o.guard) > 0 {
				return notProvable("%q is written under a condition", target.op.name)
			}
			if err := fits(target.op, o.in[1]); err != nil {
				return err
			}
			if c.writes[key] != nil {
				return notProvable("%q is written twice in one step", target.op.name)
			}
			c.writes[key] = o
		}
	}
	after := map[string]digest{}
	for key, o := range c.writes {
		d, err := c.written(key, o)
		if err != nil {
			return err
		}
		after[key] = d
	}
	for _, o := range f.ops {
		switch class := opTable()[o.kind].class; {
		case o.kind == kindFeed || o.kind == kindChoice || o.kind == kindSwitched || class == opPure && !c.mayFail(o):
		case o.kind == "Assert" || strings.HasPrefix(o.kind, "CheckNumerics"):
			return notProvable("loading checks a condition (%s)", o.name)
		case slices.Contains(branching, o.kind) || class == opPure && !slices.Contains(pathOps, o.kind):
			d, err := c.value(value{o, -1})
			if err != nil {
				return err
			}
			s.checks = append(s.checks, d)
		case class != opPure:
			if err := c.harmless(o, c.writes); err != nil {
				return err
			}
		}
	}
	for key, d := range after {
		s.content[key] = d
	}
	return nil
}

// pathOps put the path of the checkpoint together, which is fed.
var pathOps = []string{"StringJoin", "ShardedFilename", "StaticRegexFullMatch", "Select", "SelectV2", "Pack", "MergeV2Checkpoints"}

// fits holds that a variable takes a value, where the shape of both is known.
func fits(h *op, v value) error {
	d, ok := h.attrs["shape"]
	if !ok || d.GetShape() == nil || v.op.kind != "Const" {
		return nil
	}
	have := shapeOf(v.op.attrs["value"].GetTensor().GetTensorShape())
	if want := shapeOf(d.GetShape()); !want.accepts(have) {
		return notProvable("%q of shape %v is given a value of shape %v", h.name, want, have)
	}
	return nil
}

// requests notes what the signatures of the meta graph change: the content after loading says nothing about that.
func (s *state) requests() error {
	for _, sig := range s.p.mg.Signatures {
		f, err := s.p.flatten(sig)
		if err != nil {
			return notProvable("signature %q: %v", sig.Key, err)
		}
		c := newCanon(s.p, f, s)
		for _, o := range f.effects {
			if c.understood(o) == nil && !slices.Contains(branching, o.kind) || opTable()[o.kind].class == opRandom || slices.Contains(handles, o.kind) {
				continue
			}
			if slices.Contains(branching, o.kind) && !changesState(s.p.reachableFrom(o)) {
				continue
			}
			for _, in := range o.in {
				v, err := c.norm(in)
				if err != nil {
					return err
				}
				if slices.Contains(handles, v.op.kind) {
					if key, err := resourceKey(v.op); err == nil {
						s.changed[key] = sig.Key
					}
				} else if v.op.kind == "Switch" || v.op.kind == "RefSwitch" || v.op.kind == "Merge" || v.op.kind == "Enter" || v.op.kind == "RefEnter" {
					return notProvable("signature %q changes state beside control flow of TensorFlow 1 (%s)", sig.Key, o.name)
				}
			}
		}
	}
	return nil
}

// handles are the ops that stand for a variable or a table.
var handles = []string{"VarHandleOp", "VariableV2", "Variable", "HashTable", "HashTableV2"}

// written is the content that a write leaves behind.
func (c *canon) written(key string, o *op) (digest, error) {
	if strings.HasPrefix(o.kind, "Assign") {
		v, err := c.norm(o.in[1])
		if err != nil {
			return digest{}, err
		}
		if sum, ok := c.assets[v.op]; ok { // a variable that holds the path of an asset
			return assetPath(sum), nil
		}
		return c.value(o.in[1])
	}
	if _, ok := c.state.content[key]; ok {
		return digest{}, notProvable("table %q is filled twice", o.name)
	}
	kind := strings.TrimSuffix(o.kind, "V2")
	if kind == "LookupTableImport" { // of a HashTable, which takes nothing more thereafter
		kind = "InitializeTable"
	}
	parts := [][]byte{[]byte(kind)}
	if strings.Contains(o.kind, "FromTextFile") {
		v, err := c.norm(o.in[1])
		if err != nil {
			return digest{}, err
		}
		file, ok := c.assets[v.op]
		if !ok {
			d, err := c.value(o.in[1])
			if err != nil {
				return digest{}, err
			}
			if file, ok = c.assetOf[d]; !ok {
				return digest{}, notProvable("table %q is filled from a file that is no asset", o.name)
			}
		}
		parts = append(parts, file[:])
	} else {
		for _, in := range o.in[1:] {
			d, err := c.value(in)
			if err != nil {
				return digest{}, err
			}
			parts = append(parts, d[:])
		}
	}
	var attrs []byte // of an InitializeTable: the types, which the table has as well
	if kind != "InitializeTable" {
		var err error
		if attrs, err = c.attributes(o); err != nil {
			return digest{}, err
		}
	}
	target, err := c.norm(o.in[0])
	if err != nil {
		return digest{}, err
	}
	types := fmt.Appendf(nil, "%d %d", target.op.attrs["key_dtype"].GetType(), target.op.attrs["value_dtype"].GetType())
	return digestOf("table", append(parts, attrs, types)...), nil
}

// assetPath is the value of a tensor that holds the path of an asset. The path itself differs between two directories, so that such
// a value may only be read as a file: canon refuses it elsewhere.
func assetPath(file digest) digest { return digestOf("path of an asset", file[:]) }

// lineHash hashes a file by its lines as TensorFlow reads them: without any carriage return, and whether or not the last one ends
// (InputBuffer::ReadLine in tensorflow/tsl/lib/io/inputbuffer.cc).
type lineHash struct {
	hash.Hash
	open bool // a line has begun
}

func (h *lineHash) Write(p []byte) (int, error) {
	text := bytes.ReplaceAll(p, []byte("\r"), nil)
	if len(text) > 0 {
		h.open = text[len(text)-1] != '\n'
	}
	h.Hash.Write(text)
	return len(p), nil
}

func (h *lineHash) Sum(b []byte) []byte {
	if h.open {
		h.Hash.Write([]byte("\n"))
	}
	return h.Hash.Sum(b)
}

func fileDigest(path string) (digest, error) {
	lines := &lineHash{Hash: sha256.New()}
	if _, err := copyFile(lines, path, maxAsset); err != nil {
		return digest{}, err
	}
	return digest(lines.Sum(nil)), nil
}

// restorable holds that a RestoreV2 finds everything that it reads: else loading fails.
func (c *canon) restorable(o *op) error {
	from, err := c.norm(o.in[0])
	if err != nil {
		return err
	}
	if c.checkpoint == nil || from.op != c.checkpoint {
		return notProvable("RestoreV2 (%s) reads another checkpoint", o.name)
	}
	names, specs := constant(o.in[1]), constant(o.in[2])
	n := len(o.attrs["dtypes"].GetList().GetType())
	if names == nil || specs == nil || len(names.Strings) != n || len(specs.Strings) != n {
		return notProvable("RestoreV2 %q does not name its %d tensors in constants", o.name, n)
	}
	for i := range n {
		if _, err := c.restored(o, i); err != nil {
			return err
		}
	}
	return nil
}

// restored is the digest of output i of a RestoreV2 that reads the SavedModel's own checkpoint.
func (c *canon) restored(o *op, i int) (digest, error) {
	names, specs := constant(o.in[1]), constant(o.in[2])
	if names == nil || specs == nil || i >= len(names.Strings) || i >= len(specs.Strings) {
		return digest{}, notProvable("RestoreV2 %q names its tensors in no constant", o.name)
	}
	key := names.Strings[i]
	b := c.state.bundle
	if spec := specs.Strings[i]; spec != "" {
		part, _, err := b.slice(key, spec)
		if err != nil {
			return digest{}, notProvable("%v", err)
		}
		key = part
	}
	d, shape, ok := b.Info(key)
	if !ok {
		return digest{}, notProvable("the checkpoint has no %q", key)
	}
	if want := o.attrs["dtypes"].GetList().GetType(); i >= len(want) || want[i] != d {
		return digest{}, notProvable("%q has another type in the checkpoint", key)
	}
	if b.Partitioned(key) {
		return digest{}, notProvable("%q is saved in slices and restored whole", key)
	}
	if n, known := elements(shape.Dims); d != types.DataType_DT_STRING && (!known || itemSize(d) == 0 || n*int64(itemSize(d)) != b.Size(key)) {
		return digest{}, notProvable("%q of type %s and shape %v has %d bytes", key, DTypeName(d), shape, b.Size(key))
	}
	if sum, ok := c.state.entries[key]; ok {
		c.state.keys[sum] = key
		return sum, nil
	}
	sum, err := entryDigest(b, key)
	if err != nil {
		return digest{}, err
	}
	c.state.entries[key], c.state.keys[sum] = sum, key
	return sum, nil
}
