package verify

import (
	"bytes"
	"fmt"
	"path/filepath"

	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Salvage reads a SavedModel of which Read may refuse parts, for showing and for nothing else. The problems are Read's, each of them; m has
// what could be read in spite of them, and is nil where that is nothing.
func Salvage(dir string) (m *SavedModel, problems []error) {
	data, file, err := readModelFile(dir)
	if err != nil {
		return nil, []error{err}
	}
	def := new(pb.SavedModel)
	if err := parseModel(file, data, def); err != nil {
		problems = append(problems, fmt.Errorf("%s: truncated or corrupt: %w", file, err))
		if filepath.Base(file) == modelText {
			data = mendText(data)
		} else {
			data = mend(def.ProtoReflect().Descriptor(), data, 0)
		}
		def.Reset()
		if parseModel(file, data, def) != nil || len(def.GetMetaGraphs()) == 0 {
			return nil, problems
		}
	}
	m, more := newSavedModel(dir, file, def)
	if len(m.MetaGraphs) == 0 {
		m = nil
	}
	return m, append(problems, more...)
}

// maxMendDepth bounds messages within messages; no graph nests deeper than its attributes.
const maxMendDepth = 100

// mend makes a message of what comes before the damage: fields are kept as long as they can be told apart, and one that is cut off keeps
// what it has of its own.
func mend(md protoreflect.MessageDescriptor, b []byte, depth int) []byte {
	var out []byte
	for len(b) > 0 && depth < maxMendDepth {
		num, typ, tag := protowire.ConsumeTag(b)
		if tag < 0 {
			break
		}
		field := md.Fields().ByNumber(num)
		if typ != protowire.BytesType {
			n := protowire.ConsumeFieldValue(num, typ, b[tag:])
			if n < 0 {
				break
			}
			out = append(out, b[:tag+n]...)
			b = b[tag+n:]
			continue
		}
		size, n := protowire.ConsumeVarint(b[tag:])
		if n < 0 {
			break
		}
		rest := b[tag+n:]
		whole := size <= uint64(len(rest))
		part := rest[:min(size, uint64(len(rest)))]
		switch {
		case field != nil && field.Kind() == protoreflect.MessageKind:
			if !whole || !parses(field.Message(), part) {
				part = mend(field.Message(), part, depth+1)
			}
		case field != nil && field.Kind() == protoreflect.StringKind:
			part = bytes.ToValidUTF8(part, []byte("\uFFFD"))
		case !whole:
			part = nil
		}
		if whole || field != nil && field.Kind() == protoreflect.MessageKind {
			out = protowire.AppendBytes(protowire.AppendTag(out, num, typ), part)
		}
		b = rest[min(size, uint64(len(rest))):]
	}
	if !md.IsMapEntry() && !parses(md, out) {
		return nil
	}
	return out
}

// parses tells whether b is such a message. The entry of a map has no type of its own; it is looked into field by field.
func parses(md protoreflect.MessageDescriptor, b []byte) bool {
	t, err := protoregistry.GlobalTypes.FindMessageByName(md.FullName())
	return err == nil && proto.Unmarshal(b, t.New().Interface()) == nil
}

// mendText keeps the whole lines of a text message that is cut off, and closes what they open.
func mendText(text []byte) []byte {
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	depth, quoted := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted != 0 && c == '\\':
			i++
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"', c == '\'':
			quoted = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
	}
	return append(bytes.Clone(text), bytes.Repeat([]byte("}\n"), max(depth, 0))...)
}
