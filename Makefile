# Every target sets up what it needs. PYTHON is any CPython that TensorFlow 2.15.1 has a wheel for (3.9 to 3.11).
PYTHON ?= python3.11
VENV := .venv
TENSORFLOW := tensorflow-cpu==2.15.1
BIN := bin/tfmigrate
# The headers of the wheel are all that the build needs of TensorFlow; the library itself is found when a model is run.
INCLUDE = $(abspath $(wildcard $(VENV)/lib/python3*/site-packages/tensorflow/include))
TAGGED = CGO_CFLAGS="-I$(INCLUDE)" go

.PHONY: build test demo venv vet clean
.DELETE_ON_ERROR:

## build: bin/tfmigrate, with the runtime that runs models
build: $(BIN)

$(BIN): $(VENV)/ready FORCE
	$(TAGGED) build -tags tensorflow -o $@ ./cmd/tfmigrate

## venv: a virtual environment in the work tree with the pinned TensorFlow
venv: $(VENV)/ready

$(VENV)/ready:
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check $(TENSORFLOW)
	touch $@

.PHONY: FORCE
FORCE:

clean:
	rm -rf bin .cache
