import tensorflow as tf


class _RestoredTable(tf.saved_model.experimental.TrackableResource):
    """A lookup table of a wrapped graph, as a resource that is made and filled anew wherever the model is loaded."""

    def __init__(self, graph, op, initializers, assets):
        super().__init__()
        self.placeholder = op.outputs[0]
        self._dtypes = op.get_attr("key_dtype"), op.get_attr("value_dtype")
        self._name = op.name
        fills = [graph.graph.get_operation_by_name(name) for name in initializers]
        fills = [fill for fill in fills if any(tensor is self.placeholder for tensor in fill.inputs)]
        names = [tensor.name for fill in fills for tensor in fill.inputs if tensor.name in assets]
        self.initialized = len(fills)
        self._assets = [assets[name] for name in names]
        feeds = [self.placeholder] + [graph.graph.get_tensor_by_name(name) for name in names]
        self._fill = graph.prune(feeds, fills + [graph.graph.get_operation_by_name("nothing_to_fetch")])
        self._initialize()

    def _create_resource(self):
        key_dtype, value_dtype = self._dtypes
        return tf.raw_ops.HashTableV2(key_dtype=key_dtype, value_dtype=value_dtype, shared_name="%s_%d" % (self._name, id(self)))

    def _initialize(self):
        self._fill(self.resource_handle, *[asset.asset_path for asset in self._assets])
