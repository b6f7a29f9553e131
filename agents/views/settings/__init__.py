"""The settings pages, one module for each section; who sees which section is in agents/sections.py."""
