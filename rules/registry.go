package rules

import "sort"

// All are the rules, by code. The last two are about comments and look at what the others have found.
var All = []*Rule{
	savedModelBuilder,
	simpleSave,
	estimatorExport,
	kerasSession,
	kerasTFFormat,
	kerasExport,
	estimatorExporter,
	servingReceiver,
	sessionLoad,
	maybeDirectory,
	contribPredictor,
	loadedGraphRun,
	kerasLoad,
	loadV2,
	signatureDef,
	tensorInfo,
	validSignature,
	inputKey,
	methodName,
	exportOutput,
	exportMetaGraph,
	importMetaGraph,
	freezeGraph,
	freezeTool,
	subGraph,
	writeGraph,
	importFrozenGraph,
	resaveLoaded,
	saveInGraph,
	tablesWithoutInit,
	contribImport,
	olderRuntime,
	unusedIgnore,
	badIgnore,
}

// ByCode finds a rule by its code or its name.
func ByCode(s string) (*Rule, bool) {
	for _, r := range All {
		if r.Code == s || r.Name == s {
			return r, true
		}
	}
	return nil, false
}

func sortFindings(fs []Finding) {
	sort.SliceStable(fs, func(i, j int) bool {
		if fs[i].Span.Start != fs[j].Span.Start {
			return fs[i].Span.Start < fs[j].Span.Start
		}
		return fs[i].Rule.Code < fs[j].Rule.Code
	})
}
