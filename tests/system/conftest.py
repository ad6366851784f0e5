"""System tests drive other programs, and hold their configurations."""

collect_ignore = ["hub_config.py"]  # JupyterHub reads it; doctest must not
