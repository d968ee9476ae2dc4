# The commands of the house. Everything they need they install, by package name.
PORT ?= 8000
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test check bench fmt shell fonts lock clean
.DEFAULT_GOAL := run

.venv/ready: requirements.txt
	@sh scripts/need.sh venv
	$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/ready
	$(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/ready: package.json package-lock.json .venv/ready
	@sh scripts/need.sh node
	@touch $@

var/fonts/ready: makerspace/office/documents/fonts.py
	@sh scripts/need.sh fonts
	@touch $@

fonts: .venv/ready var/fonts/ready

run: .venv/ready node_modules/ready var/fonts/ready
	@DEMO=1 PORT=$(PORT) $(PY) manage.py serve

test: .venv/dev node_modules/ready var/fonts/ready
	@sh scripts/need.sh chromium postgresql
	$(PY) manage.py collectstatic --noinput --verbosity 0
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder tests
	$(PY) scripts/postgres.py $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m both tests

check: .venv/dev node_modules/ready
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/djlint --lint --quiet makerspace
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/regulation tests/house tests/web \
	  --ignore tests/house/test_matrix.py --ignore tests/web/test_comforts.py

bench: .venv/dev node_modules/ready var/fonts/ready
	@sh scripts/need.sh postgresql
	$(PY) -m bench

fmt: .venv/dev
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

shell: .venv/ready
	@DEMO=1 $(PY) manage.py shell

lock:
	sh scripts/lock.sh
