"""Writes ops.txt and opdefs.pb: what verify knows of TensorFlow's ops, taken from TensorFlow 2.15.1's own registry.

    python opdefs.py        (with tensorflow-cpu==2.15.1)

ops.txt gives every op that a model may use its class, one op a line; an op that is not there is refused:

    pure    a function of its inputs and attributes and of nothing else
    call    runs functions of the graph's library; those are looked at in their turn
    state   reads or writes what lives in the session: variables, tables, tensor arrays, stacks
    random  draws random numbers
    load    reads the files of the SavedModel; only the restore and the init op may reach it

opdefs.pb is the OpList of those ops without its prose.
"""
import os
import re

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.client import pywrap_tf_session

CALL = """PartitionedCall StatefulPartitionedCall If StatelessIf While StatelessWhile Case StatelessCase For MapDefun
    SymbolicGradient""".split()
LOAD = """RestoreV2 Restore RestoreSlice InitializeTable InitializeTableV2 InitializeTableFromTextFile
    InitializeTableFromTextFileV2 LookupTableImport LookupTableImportV2 LookupTableInsert LookupTableInsertV2""".split()
RANDOM = """RandomUniform RandomUniformInt RandomStandardNormal TruncatedNormal ParameterizedTruncatedNormal RandomGamma
    RandomPoisson RandomPoissonV2 RandomShuffle Multinomial RandomCrop SampleDistortedBoundingBox SampleDistortedBoundingBoxV2
    StatefulUniform StatefulUniformInt StatefulUniformFullInt StatefulStandardNormal StatefulStandardNormalV2
    StatefulTruncatedNormal StatefulRandomBinomial RngSkip RngReadAndSkip NonDeterministicInts
    LogUniformCandidateSampler UniformCandidateSampler LearnedUnigramCandidateSampler
    AllCandidateSampler ThreadUnsafeUnigramCandidateSampler FractionalMaxPool FractionalAvgPool Skipgram
    ExtractGlimpse ExtractGlimpseV2 Timestamp StatelessRandomGetAlg StatelessRandomGetKeyCounter AnonymousSeedGenerator RecordInput""".split()
STATE = """Variable VariableV2 TemporaryVariable DestroyTemporaryVariable IsVariableInitialized VarHandleOp VarIsInitializedOp
    ReadVariableOp VariableShape DestroyResourceOp ResourceGather ResourceGatherNd DisableCopyOnRead
    Assign AssignAdd AssignSub AssignVariableOp AssignAddVariableOp AssignSubVariableOp CountUpTo ResourceCountUpTo
    ScatterUpdate ScatterAdd ScatterSub ScatterMul ScatterDiv ScatterMin ScatterMax ScatterNdUpdate ScatterNdAdd ScatterNdSub
    ResourceScatterUpdate ResourceScatterAdd ResourceScatterSub ResourceScatterMul ResourceScatterDiv ResourceScatterMin
    ResourceScatterMax ResourceScatterNdUpdate ResourceScatterNdAdd ResourceScatterNdSub StridedSliceAssign
    ResourceStridedSliceAssign Assert Print CheckNumerics CheckNumericsV2 GuaranteeConst Empty
    HashTable HashTableV2 MutableHashTable MutableHashTableV2 MutableDenseHashTable MutableDenseHashTableV2 AnonymousHashTable
    AnonymousMutableHashTable AnonymousMutableDenseHashTable LookupTableFind LookupTableFindV2 LookupTableSize LookupTableSizeV2
    LookupTableExport LookupTableExportV2
    Stack StackV2 StackPush StackPushV2 StackPop StackPopV2 StackClose StackCloseV2
    AddSparseToTensorsMap AddManySparseToTensorsMap TakeManySparseFromTensorsMap
    RefIdentity RefEnter RefExit RefMerge RefNextIteration RefSelect RefSwitch""".split()
# Stateless in the registry, and yet they read or write files, run Python, talk to others, or are no part of a model.
NOT_PURE = re.compile(r"""^_|Dataset|Iterator|^Experimental|TPU|Tpu|^Risc|Mkl|^Xla|DTensor|Queue|Reader|BoostedTrees|
    Accumulator|^Barrier|^Apply|^SparseApply|^Sdca|Cudnn|^Nccl|^Collective|Summary|PyFunc|^ReadFile|^WriteFile|^Save|^Sharded|
    ^MatchingFiles|Deserialize.*Iter|Infeed|Outfeed|^Debug|^Copy|^Send|^Recv|Lookup|^HashTable|^Mutable|^InitializeTable|
    ^FixedUnigram|^Fact$|^Optional|^KernelLabel|Mesh|MlirPassthrough|^TfLite|^TensorArray|GenerateVocab|^LoadAndRemap|Tape|Rpc|
    ^Batch$|^Unbatch|^BatchFunction|^TestOp|^Delete|^HostConst|^Relayout|^Prelinearize|^StatelessSampleDistorted|
    ^RemoteCall|^DecodeProtoV2|^EncodeProto|DedupData|^ImportEvent|^InplaceUpdate$|^InplaceAdd$|^InplaceSub$|
    ^WorkerHeartbeat|^CompositeTensorVariant|^FakeQueue|^Dummy|^StochasticCast|^TensorMap|^EmptyTensorMap|^DeviceIndex|
    ^GetOptions|^ImmutableConst|^WindowOp|^Configure|^Bytes|^AudioMicro|^Neg[A-Z]|^KMC2|^NearestNeighbors|^Ragged.*Variant|^SymbolicGradient|
    ^StatelessCase|^Abort""".replace("\n", "").replace(" ", ""))

ops = op_def_pb2.OpList.FromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
registry = {op.name: op for op in ops.op}
classes = {}
for name in sorted(registry):
    if not registry[name].is_stateful and hasattr(tf.raw_ops, name) and not NOT_PURE.search(name):
        classes[name] = "pure"
    if name.startswith("TensorArray"):
        classes[name] = "state"
for kind, names in (("call", CALL), ("load", LOAD), ("random", RANDOM), ("state", STATE)):
    for name in names:
        if name in registry:
            classes[name] = kind

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "ops.txt"), "w") as f:
    for name in sorted(classes):
        f.write("%s\t%s\n" % (name, classes[name]))
kept = op_def_pb2.OpList()
for name in sorted(classes):
    op = kept.op.add()
    op.CopyFrom(registry[name])
    op.ClearField("summary")
    op.ClearField("description")
    for part in list(op.attr) + list(op.input_arg) + list(op.output_arg):
        part.ClearField("description")
with open(os.path.join(here, "opdefs.pb"), "wb") as f:
    f.write(kept.SerializeToString(deterministic=True))
