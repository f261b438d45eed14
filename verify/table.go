package verify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A checkpoint's index is a LevelDB table (tensorflow/core/lib/io/table.cc; the format is LevelDB's doc/table_format.md):
// data blocks, an index block whose values are the handles of the data blocks, and a footer with the handle of the index block.
//
// github.com/syndtr/goleveldb reads such tables too, and the tests hold this reader against it; it allocates whatever length a
// block handle claims, so a hostile file of 200 bytes could take a terabyte.

const (
	tableFooter  = 48
	tableTrailer = 5 // compression type and masked CRC
	tableMagic   = 0xdb4775248b80fb57
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// unmaskCRC undoes the masking that LevelDB and TensorFlow apply to a stored CRC32C.
func unmaskCRC(masked uint32) uint32 {
	rot := masked - 0xa282ead8
	return rot>>17 | rot<<15
}

// readTable calls visit for every entry of a table in key order.
func readTable(file []byte, visit func(key string, value []byte) error) error {
	if len(file) < tableFooter {
		return fmt.Errorf("truncated: %d bytes cannot hold a table", len(file))
	}
	footer := file[len(file)-tableFooter:]
	if binary.LittleEndian.Uint64(footer[tableFooter-8:]) != tableMagic {
		return errors.New("truncated or corrupt: no table footer at its end")
	}
	_, rest, err := blockHandle(footer)
	if err != nil {
		return err
	}
	handle, _, err := blockHandle(rest)
	if err != nil {
		return err
	}
	index, err := tableBlock(file, handle)
	if err != nil {
		return fmt.Errorf("index block: %w", err)
	}
	return blockEntries(index, func(_ string, value []byte) error {
		handle, _, err := blockHandle(value)
		if err != nil {
			return err
		}
		data, err := tableBlock(file, handle)
		if err != nil {
			return fmt.Errorf("data block: %w", err)
		}
		return blockEntries(data, visit)
	})
}

// handle is a block's place in the file.
type handle struct{ offset, size uint64 }

var errHandle = errors.New("corrupt: bad block handle")

func blockHandle(b []byte) (handle, []byte, error) {
	offset, n := binary.Uvarint(b)
	if n <= 0 {
		return handle{}, nil, errHandle
	}
	size, m := binary.Uvarint(b[n:])
	if m <= 0 {
		return handle{}, nil, errHandle
	}
	return handle{offset, size}, b[n+m:], nil
}

// tableBlock is the block without its trailer, its checksum verified.
func tableBlock(file []byte, h handle) ([]byte, error) {
	n := uint64(len(file))
	if h.offset > n || h.size > n || h.offset+h.size+tableTrailer > n {
		return nil, fmt.Errorf("corrupt: block of %d bytes at %d lies outside the file", h.size, h.offset)
	}
	block, trailer := file[h.offset:h.offset+h.size], file[h.offset+h.size:]
	sum := crc32.Update(crc32.Checksum(block, castagnoli), castagnoli, trailer[:1])
	if sum != unmaskCRC(binary.LittleEndian.Uint32(trailer[1:])) {
		return nil, fmt.Errorf("corrupt: checksum of the block at %d fails", h.offset)
	}
	if trailer[0] != 0 {
		return nil, fmt.Errorf("block at %d is compressed (type %d), which TensorFlow never does", h.offset, trailer[0])
	}
	return block, nil
}

// blockEntries undoes the prefix compression of a block's keys.
func blockEntries(block []byte, visit func(key string, value []byte) error) error {
	bad := errors.New("corrupt: bad block entry")
	if len(block) < 4 {
		return bad
	}
	restarts := uint64(binary.LittleEndian.Uint32(block[len(block)-4:]))
	if restarts > uint64(len(block)-4)/4 {
		return bad
	}
	block = block[:uint64(len(block)-4)-4*restarts]
	var key []byte
	for len(block) > 0 {
		var field [3]uint64 // bytes shared with the key before, further bytes of the key, bytes of the value
		for i := range field {
			v, n := binary.Uvarint(block)
			if n <= 0 {
				return bad
			}
			field[i], block = v, block[n:]
		}
		left := uint64(len(block))
		if field[0] > uint64(len(key)) || field[1] > left || field[2] > left-field[1] {
			return bad
		}
		key = append(key[:field[0]:field[0]], block[:field[1]]...)
		value := block[field[1] : field[1]+field[2]]
		block = block[field[1]+field[2]:]
		if err := visit(string(key), value); err != nil {
			return err
		}
	}
	return nil
}
