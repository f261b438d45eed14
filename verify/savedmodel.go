package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/galeone/tensorflow/tensorflow/go/core/framework/full_type_go_proto"
	pb "github.com/galeone/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// The files of a SavedModel (tensorflow/python/saved_model/constants.py).
const (
	modelPB      = "saved_model.pb"
	modelText    = "saved_model.pbtxt"
	variablesDir = "variables"
	bundlePrefix = "variables"
	assetsDir    = "assets"
	maxModelFile = 2 << 30 // a protobuf cannot be larger
	maxModelText = 256 << 20
)

// SavedModel is one directory as TensorFlow wrote it, read whole but for the variables, and never run.
type SavedModel struct {
	Dir        string // as given
	File       string // the file that was read, saved_model.pb or saved_model.pbtxt
	MetaGraphs []*MetaGraph
}

// MetaGraph is one graph of a SavedModel with its signatures.
type MetaGraph struct {
	Dir        string // the directory of its SavedModel
	Tags       []string
	Signatures []*Signature // sorted by key, without those that only loaders use
	Assets     []Asset      // sorted by tensor
	Def        *pb.MetaGraphDef
}

// Asset is a file of the SavedModel and the tensor that its path is fed to.
type Asset struct {
	Tensor string
	File   string // relative to the directory of the SavedModel, with slashes
}

// Read reads dir without TensorFlow. Errors name the file and say what is wrong with it.
func Read(dir string) (*SavedModel, error) {
	data, file, err := readModelFile(dir)
	if err != nil {
		return nil, err
	}
	def := new(pb.SavedModel)
	if err := parseModel(file, data, def); err != nil {
		return nil, fmt.Errorf("%s: truncated or corrupt: %w", file, err)
	}
	m, problems := newSavedModel(dir, file, def)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return m, nil
}

// readModelFile reads saved_model.pb, or saved_model.pbtxt where there is none.
func readModelFile(dir string) (data []byte, file string, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", dir, plain(err))
	}
	if !info.IsDir() {
		return nil, "", fmt.Errorf("%s: not a directory; a SavedModel is one that holds %s or %s", dir, modelPB, modelText)
	}
	file = filepath.Join(dir, modelPB)
	data, err = readLimited(file, maxModelFile)
	if errors.Is(err, fs.ErrNotExist) {
		file = filepath.Join(dir, modelText)
		data, err = readLimited(file, maxModelText)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: no SavedModel here: neither %s nor %s%s", dir, modelPB, modelText, elsewhere(dir))
	}
	return data, file, err
}

// parseModel parses the file by its name.
func parseModel(file string, data []byte, def *pb.SavedModel) error {
	if filepath.Base(file) == modelText {
		return prototext.Unmarshal(knownFullTypes(data), def)
	}
	return proto.Unmarshal(data, def)
}

// newSavedModel has the meta graphs, and what is wrong with them: with any of that the model is good for showing alone.
func newSavedModel(dir, file string, def *pb.SavedModel) (m *SavedModel, problems []error) {
	m = &SavedModel{Dir: dir, File: file}
	if len(def.GetMetaGraphs()) == 0 {
		problems = append(problems, fmt.Errorf("%s: holds no meta graph", file))
	}
	for i, mg := range def.GetMetaGraphs() {
		g, err := readMetaGraph(dir, mg)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: meta graph %d: %w", file, i, err))
		}
		if m.Find(g.Tags) != nil {
			problems = append(problems, fmt.Errorf("%s: two meta graphs have the tag set %s", file, tagSet(g.Tags)))
		}
		m.MetaGraphs = append(m.MetaGraphs, g)
	}
	return m, problems
}

var fullType = regexp.MustCompile(`(type_id:\s*)(TFT_[A-Z0-9_]+)`)

// knownFullTypes blanks the type annotations of nodes (full_type.proto) that the generated Go messages do not know: newer TensorFlows
// write some, nothing here reads them, and text has no way to skip an unknown name.
func knownFullTypes(text []byte) []byte {
	return fullType.ReplaceAllFunc(text, func(m []byte) []byte {
		parts := fullType.FindSubmatch(m)
		if _, known := full_type_go_proto.FullTypeId_value[string(parts[2])]; known {
			return m
		}
		return append(slices.Clone(parts[1]), "TFT_UNSET"...)
	})
}

// readLimited reads a regular file of at most limit bytes; an empty one is an error, though an empty protobuf parses.
func readLimited(path string, limit int64) ([]byte, error) {
	data, err := readBounded(path, limit)
	if err == nil && len(data) == 0 {
		return nil, fmt.Errorf("%s: empty", path)
	}
	return data, err
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	var data bytes.Buffer
	if info, err := os.Stat(path); err == nil && info.Size() <= limit {
		data.Grow(int(info.Size()) + bytes.MinRead) // at once: growing would take twice the memory
	}
	if _, err := copyFile(&data, path, limit); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// copyFile gives a regular file of at most limit bytes to w, and tells how many there were.
func copyFile(w io.Writer, path string, limit int64) (int64, error) {
	info, err := os.Stat(path) // before opening: that would wait for a pipe's other end
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: %w", path, plain(err))
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("%s: not a regular file", path)
	case info.Size() > limit:
		return 0, fmt.Errorf("%s: %d bytes are more than the %d that such a file can have", path, info.Size(), limit)
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, plain(err))
	}
	defer f.Close()
	n, err := io.Copy(w, io.LimitReader(f, limit))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, plain(err))
	}
	return n, nil
}

// plain drops the operation and the path of an *fs.PathError: our errors begin with the path.
func plain(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// elsewhere points at the versioned subdirectories of dir (1/, or the time stamp that an Estimator writes) that hold a SavedModel.
func elsewhere(dir string) string {
	var found []string
	for _, name := range []string{modelPB, modelText} {
		hits, _ := filepath.Glob(filepath.Join(escapeGlob(dir), "*", name))
		for _, hit := range hits {
			found = append(found, filepath.Dir(hit))
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	if len(found) > 5 {
		found = append(found[:5], "...")
	}
	return "; one is in " + strings.Join(found, ", ")
}

func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// Find gives the meta graph with exactly these tags, in any order, or nil.
func (m *SavedModel) Find(tags []string) *MetaGraph {
	want := slices.Sorted(slices.Values(tags))
	for _, g := range m.MetaGraphs {
		if slices.Equal(g.Tags, want) {
			return g
		}
	}
	return nil
}

// TagSets lists the tag sets as people write them: serve; serve,gpu.
func (m *SavedModel) TagSets() []string {
	var sets []string
	for _, g := range m.MetaGraphs {
		sets = append(sets, tagSet(g.Tags))
	}
	return sets
}

func tagSet(tags []string) string {
	if len(tags) == 0 {
		return "(no tags)"
	}
	return strings.Join(tags, ",")
}

// readMetaGraph gives a meta graph without assets where these are not as they should be.
func readMetaGraph(dir string, def *pb.MetaGraphDef) (*MetaGraph, error) {
	g := &MetaGraph{Dir: dir, Def: def, Tags: slices.Sorted(slices.Values(def.GetMetaInfoDef().GetTags()))}
	var err error
	g.Assets, err = readAssets(def)
	for key, s := range def.GetSignatureDef() {
		if strings.HasPrefix(key, "__saved_model_") {
			continue
		}
		g.Signatures = append(g.Signatures, readSignature(key, s))
	}
	slices.SortFunc(g.Signatures, func(a, b *Signature) int { return strings.Compare(a.Key, b.Key) })
	return g, err
}

// readAssets takes asset_file_def, and where it is missing the collection that TensorFlow 1.x wrote first.
func readAssets(def *pb.MetaGraphDef) ([]Asset, error) {
	defs := def.GetAssetFileDef()
	if len(defs) == 0 {
		for _, packed := range def.GetCollectionDef()["saved_model_assets"].GetAnyList().GetValue() {
			d := new(pb.AssetFileDef)
			if err := packed.UnmarshalTo(d); err != nil {
				return nil, fmt.Errorf("collection saved_model_assets: %w", err)
			}
			defs = append(defs, d)
		}
	}
	var assets []Asset
	for _, d := range defs {
		name := d.GetFilename()
		if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("asset path %q leaves the directory of the SavedModel", name)
		}
		assets = append(assets, Asset{Tensor: d.GetTensorInfo().GetName(), File: assetsDir + "/" + name})
	}
	slices.SortFunc(assets, func(a, b Asset) int { return strings.Compare(a.Tensor, b.Tensor) })
	return assets, nil
}

// Signature gives the signature with that key, or nil.
func (g *MetaGraph) Signature(key string) *Signature {
	for _, s := range g.Signatures {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// Keys lists the signature keys.
func (g *MetaGraph) Keys() []string {
	var keys []string
	for _, s := range g.Signatures {
		keys = append(keys, s.Key)
	}
	return keys
}

// VariablesPrefix is the path prefix of the checkpoint; "" when the SavedModel has none.
func (g *MetaGraph) VariablesPrefix() string {
	prefix := filepath.Join(g.Dir, variablesDir, bundlePrefix)
	if _, err := os.Stat(prefix + ".index"); err != nil {
		return ""
	}
	return prefix
}

// assetPath is where the file of an asset is.
func (g *MetaGraph) assetPath(a Asset) string {
	return filepath.Join(g.Dir, filepath.FromSlash(a.File))
}
