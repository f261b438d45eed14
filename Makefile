# Every target sets up what it needs. PYTHON is any CPython that TensorFlow 2.15.1 has a wheel for (3.9 to 3.11).
PYTHON ?= $(firstword $(foreach p,python3.11 python3 python3.10 python3.9,$(shell \
	$(p) -c 'import sys; sys.version_info[:2] in ((3, 9), (3, 10), (3, 11)) and print("$(p)")' 2>/dev/null)))
VENV := .venv
TENSORFLOW := tensorflow-cpu==2.15.1
# A second TensorFlow, for the table of symbols and for `make test-newer` only.
NEWER_VENV := .venv-2.21
NEWER_TENSORFLOW := tensorflow-cpu==2.21.0
# And an old one, for `make test-older`.
OLDER := .tensorflow-1.15
OLDER_TENSORFLOW := tensorflow==1.15.5
# And a client of the Language Server Protocol, for what the editor server is tested with.
LSP_VENV := .venv-lsp
LSP_CLIENT := pygls==2.1.1 lsprotocol==2025.0.0 cattrs==25.1.1 attrs==26.1.0 typing_extensions==4.16.0
# And what `make bench` compares with.
BENCH_VENV := .venv-bench
BENCH_PEERS := ruff==0.17.6 ripgrep==15.1.0 ast-grep-cli==0.51.1
# What cmd/internal/packaging tests with: the last pre-commit for Python 3.9, and the newer TensorFlow for the wheel.
PACKAGING := .cache/packaging
PRE_COMMIT := pre-commit==4.3.0
BIN := bin/tfmigrate
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.2.0
# The headers of the wheel are all that the build needs of TensorFlow; the library itself is found when a model is run, so its functions
# must not be looked for at the start, as some compilers have it by default (verify/tfrt/doc.go).
INCLUDE = $$(cd $(VENV)/lib/python3*/site-packages/tensorflow/include && pwd)
# Flags that are set replace Go's own, which optimize: without them tree-sitter takes three times as long.
TAGGED = CGO_CFLAGS="-g -O2 -I$(INCLUDE)" CGO_LDFLAGS="-g -O2 -Wl,-z,lazy" go
# The program of testdata/programs that `make demo` migrates.
PROGRAM ?= builder_add_two

.PHONY: build wheel man check check-plain check-tagged test test-long pairs fuzz test-browser test-lsp test-newer test-older bench bench-verify demo venv symbols docs picture guide-table goldens rule rule-docs corpus coverage corpus-laws clean
.DELETE_ON_ERROR:

## build: bin/tfmigrate, with the runtime that runs models
build: $(BIN)

$(BIN): $(VENV)/ready FORCE
	$(TAGGED) build -tags tensorflow -o $@ ./cmd/tfmigrate

## check: go vet, staticcheck and govulncheck
check: check-plain check-tagged

check-plain:
	go vet ./...
	go run $(STATICCHECK) -checks inherit,-U1000 ./... # what is for a tag alone is used only with it
	@.ci/vulnerabilities $(GOVULNCHECK)

check-tagged: $(VENV)/ready
	$(TAGGED) vet -tags tensorflow,lspclient ./...
	$(TAGGED) run $(STATICCHECK) -tags tensorflow,lspclient ./...

## man: the manual pages, in bin/man
man: $(BIN)
	$(BIN) man bin/man

# Where the wheel goes.
DIST := dist

## wheel: a wheel of the program with the runtime, for the Linux that it was built on or a newer one (DIST=DIR puts it there)
wheel: $(VENV)/ready
	TFMIGRATE_TENSORFLOW="$(INCLUDE)/.." GOFLAGS="$(GOFLAGS) -buildvcs=auto" \
		$(VENV)/bin/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(DIST) .

## test: everything, with TensorFlow and under the race detector, and what `make check` does
# The set-up waits for the network, so its parts and the checks go side by side. A program with the race detector lingers for a second before it exits, and the tests start a thousand.
test: export GORACE := atexit_sleep_ms=10
test:
	@$(MAKE) --no-print-directory -j4 $(VENV)/ready $(LSP_VENV)/ready $(PACKAGING)/ready check
	$(TAGGED) test -race -vet=off -timeout 40m -tags tensorflow,lspclient ./... # vet is part of check
	go test -vet=off ./cmd/internal/bench -run TestGrowth # it measures time, which the race detector makes another
	@for b in chromium chromium-browser google-chrome google-chrome-stable headless-shell; do command -v $$b >/dev/null && exit 0; done; \
		echo "make: NOT TESTED: the HTML report in a browser, as there is none; install chromium and run: make test-browser" >&2

## test-long: what `make test` has no time for: more damaged graphs, every mutant that is proved the same run, and every labelled pair
test-long: $(VENV)/ready
	$(TAGGED) test -count=1 -timeout 30m -tags tensorflow ./verify ./verify/tfrt -run 'TestDamagedGraphs|TestMutants|TestLabelledPairs' -long

## pairs: labelled pairs of models, how many of them verify proves, tests and tells apart (PAIRS=WORD takes those with the word in their names)
pairs: $(VENV)/ready
	@$(TAGGED) test -count=1 -timeout 30m -tags tensorflow ./verify/tfrt -run 'TestLabelledPairs$$' -long -v -pairs '$(PAIRS)'

## fuzz: every fuzzer of the repository, FUZZTIME each, and what they ran (ONLY=WORD takes those with the word in their names)
FUZZTIME ?= 20m
fuzz:
	@ONLY="$(ONLY)" .ci/fuzz $(FUZZTIME)

## test-browser: the HTML report in a real browser, which BROWSER names or the system has (SCREENSHOTS=DIR leaves pictures there)
test-browser:
	TFMIGRATE_BROWSER="$(BROWSER)" TFMIGRATE_SCREENSHOTS="$(SCREENSHOTS)" go test -count=1 -v ./cmd/internal/cli -run TestInBrowser

## test-lsp: the editor server alone, with a client written by others too
test-lsp: $(LSP_VENV)/ready
	go test -count=1 ./cmd/internal/lsp
	go test -count=1 -v -tags lspclient ./cmd/internal/cli -run TestLSPClient

## test-newer: the programs once more, their fixed versions on TensorFlow 2.21.0 too, and what the rules and their table say of it
test-newer: $(VENV)/ready $(NEWER_VENV)/ready
	TFMIGRATE_PYTHON_2_21=$(abspath $(NEWER_VENV))/bin/python \
		$(TAGGED) test -count=1 -tags tensorflow ./cmd/internal/programs ./rules ./rules/symbols

## test-older: models on TensorFlow 1.15.5, whose wheel is for another Python and is only unpacked; needs the library of a Python 3.7 to 3.11
test-older: $(VENV)/ready $(OLDER)/ready
	TFMIGRATE_TENSORFLOW_1_15=$(abspath $(OLDER)) $(TAGGED) test -count=1 -v -tags tensorflow ./verify/tfrt -run TestTensorFlow1

## bench: docs/benchmarks.md, speed and memory of lint and fix beside ruff, ast-grep, ripgrep and tf_upgrade_v2, on the packages of .venv, on Python's own library
##	and on the projects in CORPUS, if it names directories of such (ONLY=trees,cold,files,fix,growth,sizes,lines,nesting prints some parts and writes nothing, RUNS=3 is quicker)
bench: $(BIN) $(BENCH_VENV)/ready
	go build -o .cache/bench/plain ./cmd/tfmigrate
	go build -o .cache/bench/bench ./cmd/internal/bench
	.cache/bench/bench -program $(BIN) -plain .cache/bench/plain -peers $(BENCH_VENV)/bin -upgrade $(VENV)/bin/tf_upgrade_v2 \
		-packages $(VENV)/lib/python3*/site-packages -library $$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["stdlib"])') $(if $(RUNS),-runs $(RUNS)) $(if $(ONLY),-only $(ONLY),-page docs/benchmarks.md) $(CORPUS)

## bench-verify: speed and memory of inspect and verify beside saved_model_cli and scripts through TensorFlow (4.3 GB of models in .cache)
bench-verify: $(BIN) .cache/bench-verify/ready
	go run ./cmd/internal/benchverify -program $(BIN) -python $(VENV)/bin/python

.cache/bench-verify/ready: $(VENV)/ready cmd/internal/benchverify/models.py
	$(VENV)/bin/python cmd/internal/benchverify/models.py $(@D)
	touch $@

## demo: one program the whole way: findings, diff, both runs, verdict (PROGRAM=NAME takes another of testdata/programs)
demo: $(BIN)
	@testdata/programs/demo.sh $(BIN) $(VENV) $(PROGRAM)

## symbols: rules/symbols/*.txt, generated from both TensorFlows
symbols: $(VENV)/ready $(NEWER_VENV)/ready
	$(VENV)/bin/python rules/symbols/gen.py rules/symbols $(abspath $(VENV))/bin/python $(abspath $(NEWER_VENV))/bin/python

## docs: what README.md and the pages of docs show of commands, filled in
docs: $(VENV)/ready
	$(TAGGED) test -count=1 -tags tensorflow ./cmd/internal/docs -update

## picture: docs/terminal.svg, README's picture of the terminal
picture: $(BIN)
	PATH="$(abspath $(dir $(BIN))):$(abspath $(VENV))/bin:$$PATH" VIRTUAL_ENV="$(abspath $(VENV))" go run ./cmd/internal/picture

## guide-table: README's table of the guide's examples, printed and written into README.md
guide-table: $(VENV)/ready
	$(TAGGED) run -tags tensorflow ./cmd/internal/guidetable -w

## goldens: testdata/programs/fixed, what fix makes of each program
goldens: $(VENV)/ready
	$(TAGGED) test -count=1 -tags tensorflow ./cmd/internal/programs -run TestPrograms -update

## rule: the files of a new rule, to be filled in: make rule CODE=TFM599 NAME=some-name PACK=hazards
rule:
	@test -n "$(CODE)" -a -n "$(NAME)" -a -n "$(PACK)" || { echo "make: name the rule with CODE=TFM599 NAME=some-name PACK=hazards" >&2; exit 1; }
	go run ./cmd/internal/newrule -code $(CODE) -name $(NAME) -pack $(PACK)
	@$(MAKE) --no-print-directory rule-docs

## rule-docs: docs/rules, a page for each rule
rule-docs:
	go run ./cmd/internal/ruledocs

# A CPython 2, for `make corpus` and what follows it: what fixes write to a file that only it could read, it has to read. Without one that is not asked.
PYTHON2 ?= $(firstword $(foreach p,python2.7 python2,$(shell $(p) -c 'import sys; sys.version_info[0] == 2 and sys.stdout.write("$(p)")' 2>/dev/null)))
ON_CORPUS = @test -n "$(CORPUS)" || { echo "make: name the directory with repos.json, labels.jsonl and the checkouts: CORPUS=DIR" >&2; exit 1; };\
	go run ./cmd/internal/corpus -python $(PYTHON) $(if $(PYTHON2),-python2 $(PYTHON2))

## corpus: recall, look-alikes and fixes on public code below CORPUS (see cmd/internal/corpus); SAVE, COMPARE and DIFF name files for its flags
corpus:
	$(ON_CORPUS) $(if $(SAVE),-save $(SAVE)) $(if $(COMPARE),-compare $(COMPARE)) $(if $(DIFF),-diff $(DIFF)) $(CORPUS)

## coverage: docs/coverage.md, what becomes of the sites on public code below CORPUS that people labelled
coverage:
	$(ON_CORPUS) -coverage docs/coverage.md $(CORPUS)

## corpus-laws: `fix --unsafe-fixes` on copies of all that is below CORPUS: what it leaves on disk can be read, is what it says, and stays
corpus-laws:
	go build -o $(BIN)-laws ./cmd/tfmigrate
	$(ON_CORPUS) -laws $(BIN)-laws $(CORPUS)

## venv: a virtual environment in the work tree with the pinned TensorFlow
venv: $(VENV)/ready

$(VENV)/ready $(NEWER_VENV)/ready:
	@test -n "$(PYTHON)" || { echo "make: no CPython 3.9, 3.10 or 3.11 found; name one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check \
		$(if $(filter $(VENV)/%,$@),$(TENSORFLOW),$(NEWER_TENSORFLOW))
	touch $@

$(LSP_VENV)/ready $(BENCH_VENV)/ready:
	@test -n "$(PYTHON)" || { echo "make: no CPython 3.9, 3.10 or 3.11 found; name one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check $(if $(filter $(LSP_VENV)/%,$@),$(LSP_CLIENT),$(BENCH_PEERS))
	touch $@

# TensorFlow is only unpacked: no Python imports it there.
$(PACKAGING)/ready:
	@test -n "$(PYTHON)" || { echo "make: no CPython 3.9, 3.10 or 3.11 found; name one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(@D)/pre-commit
	$(@D)/pre-commit/bin/pip install --quiet --disable-pip-version-check $(PRE_COMMIT)
	$(@D)/pre-commit/bin/pip install --quiet --disable-pip-version-check --target $(@D)/tensorflow --no-deps --only-binary=:all: \
		--python-version 311 $(NEWER_TENSORFLOW)
	touch $@

$(OLDER)/ready: $(VENV)/ready
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --target $(@D) --no-deps --only-binary=:all: \
		--python-version 37 --platform manylinux2010_x86_64 $(OLDER_TENSORFLOW)
	touch $@

.PHONY: FORCE
FORCE:

clean:
	rm -rf bin dist .cache
