"""The server: standalone Voilà with rooms. Pages receive patches and send gestures; they never touch a kernel."""
