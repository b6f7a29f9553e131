#!/usr/bin/env python
"""Django's command line for Onethread."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A command is one thread that may work for minutes: no pool, no limit for one statement.
    os.environ.setdefault("DB_POOL_SIZE", "0")
    os.environ.setdefault("DB_STATEMENT_TIMEOUT", "0")
    execute_from_command_line(sys.argv)
