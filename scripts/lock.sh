#!/bin/sh
# Locks versions and hashes anew; no address gets into the files. Needs uv, which only developers have.
set -eu
uv lock --upgrade
uv export --quiet --format requirements-txt --no-dev --no-emit-project --no-header --output-file requirements.txt
uv export --quiet --format requirements-txt --only-group dev --no-emit-project --no-header --output-file requirements-dev.txt
uv export --quiet --format requirements-txt --only-group node --no-emit-project --no-header --output-file requirements-node.txt
! grep -nE 'https?://' requirements*.txt package-lock.json
