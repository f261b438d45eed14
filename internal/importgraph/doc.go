// Package importgraph holds, by its test alone, who may import whom and who may do what: the data's one-way road
//
//	analyzer <- rules <- rewrite <- cmd
//	                      verify <- cmd
//
// and that nothing but cmd prints or exits, only rewrite writes source files, only analyzer knows tree-sitter, and only verify/tfrt
// touches C TensorFlow.
package importgraph
