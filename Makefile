# make demo: the main job on a fresh machine.  make test: everything that is checked.  make help: the rest.
VENV ?= .venv
BIN := $(VENV)/bin
# python3.13 by that name, or whatever .python-version makes of python3 (pyenv, uv)
PYTHON ?= $(shell for p in python3.13 python3 python; do $$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo $$p && break; done)
CORE := $(VENV)/.core-installed
ALL := $(VENV)/.all-installed
DEMO := out/demo


help:
	@echo "make demo        install generator and Blender into $(VENV), render 8 street images into $(DEMO)"
	@echo "make test        install the development tools and torch too (6 GB); format, lint, type and behaviour checks"
	@echo "make lint        ruff and mypy only"
	@echo "make bench       the tables of benchmarks/ (see benchmarks/README.md)"
	@echo "make clean       remove $(VENV) and out/"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Scenewright needs Python 3.13 (bpy 5.2 LTS is built for it), and no python3.13 was found. Install it (e.g. 'uv python install 3.13', 'pyenv install 3.13', or Debian's python3.13 and python3.13-venv) and run make again, or name one: make PYTHON=/path/to/python3.13 demo"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(CORE): $(BIN)/python pyproject.toml constraints.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(ALL): $(CORE)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,train]'
	@touch $@

demo: $(CORE)
	$(BIN)/scenewright doctor --quick
	$(BIN)/scenewright generate scene=street count=8 seed=7 render.samples=24 out=$(DEMO)
	@echo "The pictures with their labels: $(DEMO)/contact_sheet.png"

lint: $(ALL)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(ALL) lint
	$(BIN)/pytest -n 2 --dist worksteal


bench: $(ALL)
	$(BIN)/python -m benchmarks.stages
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.sampling

clean:
	rm -rf $(VENV) out
