# make app   sets up and serves the page (SHARE=1 for a public link, ARGS="--catalogue DIR" …)
# make test  sets up and runs lint, types and tests
# make lock  writes requirements.lock anew, after a change of the requirements

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: app test lock clean

app: $(VENV)/.installed
	$(RUN) app.py $(if $(filter 1,$(SHARE)),--share) $(ARGS)

# Three on two cores: one of them mostly waits, for a server, a browser or a limit of time.
test: $(VENV)/.installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) -m pytest --numprocesses 3 --dist loadfile

lock: $(VENV)/.installed-dev
	$(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" \
		requirements.txt requirements-fast.txt --output-file requirements.lock

$(VENV)/.installed: requirements.txt requirements-fast.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet "$$(grep -o '^torch==[0-9.]*' requirements.txt)"
	$(RUN) -m pip install --quiet -r requirements.txt -r requirements-fast.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements-scale.txt $(VENV)/.installed
	$(RUN) -m pip install --quiet -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV)
