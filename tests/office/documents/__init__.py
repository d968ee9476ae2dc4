"""Tests of documents: uploads, storage, serving, papers, fonts."""
