"""What opens untrusted files: imported only by the limited child process (and by tests), never by a web worker."""
