"""Run Python programs in forked children of one process that has imported TensorFlow, because the import takes seconds.

    python server.py tf1|tf2 DIRECTORY_OF_RUN_TF1

A job is a JSON line on stdin: program, arguments, dir (the working directory), stdout and stderr (files to write), seconds (the
time limit). The answer is a JSON line on stdout: exit (the code, or minus the signal), timed_out, seconds. The first line of
all is {"tensorflow": version}.

In mode tf1 programs see TensorFlow 1 (run_tf1.py). In mode tf2 they see plain TensorFlow 2, but for one thing: TensorFlow 1's
saving and loading calls raise, so that no program that still depends on one can pass for migrated.
"""
import json
import os
import signal
import sys
import time
import traceback

GONE = {
    "saved_model": ["Builder", "build_signature_def", "build_tensor_info", "classification_signature_def",
                    "get_tensor_from_tensor_info", "load", "predict_signature_def", "regression_signature_def", "simple_save"],
    "saved_model.builder": ["SavedModelBuilder"],
    "saved_model.loader": ["load"],
    "saved_model.signature_def_utils": ["build_signature_def", "classification_signature_def", "predict_signature_def",
                                        "regression_signature_def"],
    "saved_model.utils": ["build_tensor_info", "get_tensor_from_tensor_info"],
}


def forbid(tf):
    """Make the public TensorFlow 1 saving and loading calls raise. TensorFlow's own modules keep theirs."""
    def refusal(name):
        def refuse(*unused, **also_unused):
            raise RuntimeError("tf.compat.v1.%s is a TensorFlow 1 saving or loading call" % name)
        return refuse

    for module, names in GONE.items():
        namespace = tf.compat.v1
        for part in module.split("."):
            namespace = getattr(namespace, part)
        for name in names:
            setattr(namespace, name, refusal(module + "." + name))
    try:
        estimators = [tf.estimator.Estimator, tf.compat.v1.estimator.Estimator]
    except AttributeError:  # gone after TensorFlow 2.15
        return
    for estimator in estimators:
        for name in ("export_saved_model", "export_savedmodel", "experimental_export_all_saved_models"):
            setattr(estimator, name, refusal("estimator.Estimator." + name))


def child(job, run):
    """The forked process: runs one program and ends."""
    for number, path in ((1, job["stdout"]), (2, job["stderr"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 0
    try:
        os.chdir(job["dir"])
        run(job["program"], job.get("arguments") or [])
    except SystemExit as e:
        if isinstance(e.code, str):
            print(e.code, file=sys.stderr)
        code = 0 if e.code is None else e.code if isinstance(e.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code & 255)


def serve(run, answers):
    for line in sys.stdin:
        job, start = json.loads(line), time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            child(job, run)
        timed_out = False
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            if not timed_out and time.monotonic() - start > job["seconds"]:
                timed_out = True
                try:
                    os.killpg(pid, signal.SIGKILL)
                except ProcessLookupError:  # not yet a group of its own
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(status), "timed_out": timed_out,
                          "seconds": time.monotonic() - start}), file=answers, flush=True)


def main(mode, directory):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what TensorFlow prints at import is no answer
    sys.dont_write_bytecode = True
    sys.path.insert(0, directory)
    import run_tf1
    import tensorflow as tf
    if mode == "tf1":
        run_tf1.take_the_name()
    else:
        tf.keras.layers  # loaded lazily, else once in every child
        forbid(tf)
    print(json.dumps({"tensorflow": tf.__version__}), file=answers, flush=True)
    serve(run_tf1.run, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
