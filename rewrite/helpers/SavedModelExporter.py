import os

import tensorflow as tf

from export_estimator import export_estimator


class SavedModelExporter(tf.estimator.Exporter):
    """Exports an Estimator as a TensorFlow 2 SavedModel while train_and_evaluate trains it.

    final_only: export when training has ended, and not before
    exports_to_keep: how many of the newest exports to keep; None for all
    # if best:
    compare_fn: tells of two evaluations whether the second is better; what is no better than the best so far is not exported
    # end
    """

    # if best:
    def __init__(
            self, name, serving_input_receiver_fn, assets_extra=None, final_only=False, exports_to_keep=None, compare_fn=None):
    # else:
    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, final_only=False, exports_to_keep=None):
    # end
        self._name = name
        self._serving_input_receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._final_only = final_only
        self._exports_to_keep = exports_to_keep
        # if best:
        self._compare_fn = compare_fn
        self._best = None
        # end

    @property
    def name(self):
        return self._name

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        if self._final_only and not is_the_final_export:
            return None
        # if best:
        if self._compare_fn:
            if self._best and not self._compare_fn(best_eval_result=self._best, current_eval_result=eval_result):
                return None
            self._best = eval_result
        # end
        export_dir = export_estimator(
            estimator, export_path, self._serving_input_receiver_fn, self._assets_extra, checkpoint_path)
        if self._exports_to_keep:
            names = [name.strip("/") for name in tf.io.gfile.listdir(export_path)]
            versions = sorted(name for name in names if len(name) == 10 and name.isdigit())
            for version in versions[:-self._exports_to_keep]:
                tf.io.gfile.rmtree(os.path.join(export_path, version))
        return export_dir
