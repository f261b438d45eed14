package tfrt

import (
	"encoding/binary"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"
)

// maxFrame bounds one message: a protobuf ends at 2 GiB.
const maxFrame = 2 << 30

// wantOps is the target of a CreateSessionRequest that asks for the ops of the library; no graph is meant. The answer's second tensor is a
// string, the serialised OpList.
const wantOps = "ops"

// writeFrame sends a message after its length, four bytes little-endian.
func writeFrame(w io.Writer, m proto.Message) error {
	b, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	if len(b) >= maxFrame {
		return fmt.Errorf("a message of %d bytes is too large", len(b))
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(b)))); err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// readFrame receives the bytes of a message; io.EOF is a clean end.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n >= maxFrame {
		return nil, fmt.Errorf("a message of %d bytes is too large", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b, nil
}
