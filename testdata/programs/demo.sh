#!/usr/bin/env bash
# Takes one program of this directory the whole way and shows each step: `make demo` calls it.
#
#     demo.sh BINARY VIRTUAL_ENVIRONMENT PROGRAM
set -euo pipefail

programs=$(cd "$(dirname "$0")" && pwd)
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
environment=$(cd "$2" && pwd)
name=$3
python=$environment/bin/python
scratch=$(cd "$programs/../.." && pwd)/.cache/demo/$name

program=$name.py
[ -e "$programs/$program" ] || program=$name.ipynb
if [ ! -e "$programs/$program" ]; then
    echo "demo.sh: $programs has no program $name" >&2
    exit 2
fi

export PATH=$(dirname "$binary"):$PATH VIRTUAL_ENV=$environment
# TensorFlow's own messages would hide what there is to see; run shows them when a program fails.
export CUDA_VISIBLE_DEVICES=-1 TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 PYTHONWARNINGS=ignore

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
heading() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }

# show COMMAND...: the command as one would type it, and what it prints. Exit code 1 means that there are findings.
show() {
    local code=0
    printf '$ %s\n' "$*"
    "$@" || code=$?
    [ "$code" -le 1 ] || exit "$code"
}

# run COMMAND...: a program, whose messages are shown only when it fails.
run() {
    if ! "$@" 2> messages; then
        cat messages >&2
        exit 3
    fi
}

rm -rf "$scratch"
mkdir -p "$scratch/before" "$scratch/after"
cp "$programs/$program" "$scratch/before"
cp "$programs/$program" "$scratch/after"
sidecar() { "$python" -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))[sys.argv[2]]))' "$programs/$name.json" "$1"; }
for fixture in $(sidecar fixtures); do
    for side in before after; do
        cd "$scratch/$side"
        run "$python" "$programs/run_tf1.py" "$programs/fixtures/$fixture"
    done
done

cd "$scratch/after"
heading "1. What is TensorFlow 1 in $program"
show tfmigrate lint "$program"

heading "2. What it becomes"
show tfmigrate fix --diff "$program"

cd "$scratch/before"
heading "3. The original, under TensorFlow 1"
echo "\$ python run_tf1.py $program"
run "$python" "$programs/run_tf1.py" "$program" | tee "$scratch/before.txt"

cd "$scratch/after"
heading "4. The fixed program, on TensorFlow $("$python" -c 'import tensorflow; print(tensorflow.__version__)' 2> /dev/null)"
show tfmigrate fix "$program"
echo "\$ python $program"
if [[ $program == *.ipynb ]]; then
    run "$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import run_tf1; run_tf1.run(sys.argv[2], [])' "$programs" "$program"
else
    run "$python" "$program"
fi | tee "$scratch/after.txt"

cd "$scratch"
heading "5. Whether both answer the same"
if ! diff before.txt after.txt; then
    echo "demo.sh: the fixed program prints something else" >&2
    exit 1
fi
echo "Both print the same."
for export in $(sidecar exports); do
    printf '$ tfmigrate verify before/%s after/%s\n' "$export" "$export"
    tfmigrate verify "before/$export" "after/$export" # any exit code but 0 ends the demo with it
done
printf '\nBoth programs and what they wrote are in %s\n' ".cache/demo/$name"
