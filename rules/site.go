package rules

import "github.com/tfmigrate/tfmigrate/analyzer"

// Site is one use of TensorFlow 1's saving or loading, lifted from the calls that make it up.
type Site interface {
	// Places are the calls that make up the site, in source order.
	Places() []Place
}

// Place is one call of a site.
type Place struct {
	Role Role
	Call *analyzer.Call
}

// Role is what a call does for its site.
type Role string

// Roles.
const (
	RoleBuilder    Role = "builder"
	RoleAdd        Role = "add_meta_graph"
	RoleSave       Role = "save"
	RoleSimpleSave Role = "simple_save"
	RoleSignature  Role = "signature"
	RoleTensorInfo Role = "tensor_info"
	RoleExport     Role = "export"
	RoleReceiver   Role = "receiver"
	RoleLoad       Role = "load"
	RoleRun        Role = "run"
	RoleExportMeta Role = "export_meta_graph"
	RoleImportMeta Role = "import_meta_graph"
	RoleRestore    Role = "restore"
	RoleFrozen     Role = "import_graph_def"
	RoleFreeze     Role = "convert_variables_to_constants"
	RolePredictor  Role = "predictor"
	RoleDirectory  Role = "maybe_saved_model_directory"
)

// Export is a SavedModel that is written from a session: by a Builder or by simple_save.
type Export struct {
	Builder    *analyzer.Call // the Builder's construction; nil for simple_save
	Directory  analyzer.Expr
	MetaGraphs []MetaGraph
	Save       *analyzer.Call // Builder.save or simple_save
	// Passed tells that the Builder reaches some of its method calls through other functions, so that they may be called on another one, too.
	Passed bool
	// Doubt says what of the export is out of view; empty if all of it was lifted. Where that is only a MetaGraph's signatures, it is the same
	// as its Unseen.
	Doubt string

	places []Place
}

// Places implements Site.
func (e *Export) Places() []Place { return e.places }

// BuilderUse is what is called on a Builder that is made in another file, or out of view.
type BuilderUse struct{ places []Place }

// Places implements Site.
func (b *BuilderUse) Places() []Place { return b.places }

// MetaGraph is one add_meta_graph_and_variables, or add_meta_graph where Variables is false.
type MetaGraph struct {
	Call       *analyzer.Call
	Variables  bool
	Session    analyzer.Expr // nil for add_meta_graph
	Tags       analyzer.Expr
	Signatures []Signature
	// SignatureMap is the argument that holds the signatures; nil for simple_save. Unseen says what of it is out of view: Signatures is not all of it
	// then.
	SignatureMap analyzer.Expr
	Unseen       string
	// Options are the other arguments by name (assets_collection, legacy_init_op, main_op, clear_devices, strip_default_attrs,
	// saver, train_op), those that say None or False left out.
	Options map[string]analyzer.Expr
}

// Signature is one entry of a signature_def_map.
type Signature struct {
	Key             analyzer.Expr
	Method          string // one of the method names of tensorflow.go, or another constant
	Inputs, Outputs Mapping
	Call            *analyzer.Call // the call that made the SignatureDef; nil for simple_save
}

// Mapping is a dict of tensors by name.
type Mapping struct {
	Items []Item
	// Whole is the dict as an expression where it is no display in view; Items is empty then.
	Whole analyzer.Expr
	// Given is the expression that names the dict where it is given to what makes the signature; nil where the kind of signature decides the names, or the
	// dict holds TensorInfos.
	Given analyzer.Expr
}

// Item is one named tensor of a signature.
type Item struct {
	Key    analyzer.Expr // nil for an input whose name the kind of signature decides
	Name   string        // that name, or Key's value where it is constant
	Tensor analyzer.Expr
}

// EstimatorExport is a call that exports an Estimator.
type EstimatorExport struct {
	Call      *analyzer.Call
	Estimator analyzer.Expr
	Method    string // the method as written, or the name below tf of a function: contrib.estimator.export_all_saved_models
	// Classes are TensorFlow's classes that made the Estimator, as far as they are in view: estimator.Estimator, estimator.LinearClassifier ...
	Classes []string
	// Fallback is the same export by the method's other name, where Choice, an if or a try statement of nothing else, has one for each release.
	Fallback *analyzer.Call
	Choice   analyzer.Stmt
	// Receivers are the calls in view that made the serving input receiver function.
	Receivers []*analyzer.Call
	// Doubt says why it is not known enough to be rewritten; empty if it is.
	Doubt string
}

// Places implements Site.
func (e *EstimatorExport) Places() []Place {
	places := []Place{{RoleExport, e.Call}}
	if e.Fallback != nil {
		places = append(places, Place{RoleExport, e.Fallback})
	}
	for _, c := range e.Receivers {
		places = append(places, Place{RoleReceiver, c})
	}
	return sortPlaces(places)
}

// Exporter is an exporter of an EvalSpec, by which train_and_evaluate exports an Estimator.
type Exporter struct {
	Call *analyzer.Call
	// Classes are the classes of the Estimators that the file trains with train_and_evaluate, as far as they are in view.
	Classes []string
	// Open tells that the exporter may be for other Estimators as well.
	Open bool
	// Receivers are the calls in view that made the serving input receiver function.
	Receivers []*analyzer.Call
}

// Places implements Site.
func (e *Exporter) Places() []Place {
	places := []Place{{RoleExport, e.Call}}
	for _, c := range e.Receivers {
		places = append(places, Place{RoleReceiver, c})
	}
	return sortPlaces(places)
}

// Load is a SavedModel that is loaded into a session.
type Load struct {
	Call      *analyzer.Call
	Session   analyzer.Expr
	Tags      analyzer.Expr
	Directory analyzer.Expr
	// Made is the call that made the session, where that is in view; Runs are the calls of its run method.
	Made *analyzer.Call
	Runs []*analyzer.Call
}

// Places implements Site.
func (l *Load) Places() []Place { return []Place{{RoleLoad, l.Call}} }

// MetaGraphExport is a call that makes a MetaGraphDef of a graph, and writes it to a file unless it is to stay in memory.
type MetaGraphExport struct {
	Call     *analyzer.Call
	InMemory bool
}

// Places implements Site.
func (m *MetaGraphExport) Places() []Place { return []Place{{RoleExportMeta, m.Call}} }

// MetaGraphImport is a MetaGraphDef that is read into a graph, restored in a session and run there.
type MetaGraphImport struct {
	Call     *analyzer.Call
	File     analyzer.Expr
	Restores []*analyzer.Call // restore on the Saver that the import returned
}

// Places implements Site.
func (m *MetaGraphImport) Places() []Place { return []Place{{RoleImportMeta, m.Call}} }

// FrozenImport is a GraphDef that is read from a file and imported into a graph.
type FrozenImport struct {
	Call     *analyzer.Call
	GraphDef *analyzer.Call // what made the GraphDef
	Parse    *analyzer.Call // what read it: ParseFromString, FromString, text_format.Merge ...
	// Alone tells that nothing else in view is loaded into that graph; Sessions are the calls that make sessions of it.
	Alone    bool
	Sessions []*analyzer.Call
}

// Places implements Site.
func (f *FrozenImport) Places() []Place { return []Place{{RoleFrozen, f.Call}} }

// Freeze is a call that makes a GraphDef of a session's graph, with the values of its variables in place of the variables.
type Freeze struct {
	Call    *analyzer.Call
	Session analyzer.Expr
	Graph   analyzer.Expr // the GraphDef that is frozen
	Outputs analyzer.Expr // the names of the operations that it has to compute
}

// Places implements Site.
func (f *Freeze) Places() []Place { return []Place{{RoleFreeze, f.Call}} }

// Predictor is a call of tf.contrib.predictor that makes a predictor.
type Predictor struct {
	Call *analyzer.Call
	Name string // the function's, below tf.contrib.predictor
}

// Places implements Site.
func (p *Predictor) Places() []Place { return []Place{{RolePredictor, p.Call}} }

// DirectoryCheck is a call that asks whether a directory holds a SavedModel, by the name that TensorFlow 1 had for it.
type DirectoryCheck struct{ Call *analyzer.Call }

// Places implements Site.
func (d *DirectoryCheck) Places() []Place { return []Place{{RoleDirectory, d.Call}} }
