"""Bytes on disk by their sha256. The rows that refer to them are written in inbox/actions/files.py."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from inbox.models import Blob


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(content: bytes) -> str:
    """Write the bytes unless they are there whole already; the name in storage. Raises OSError when the disk is full."""
    sha256 = digest(content)
    name = f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return name
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))


def put_file(file: IO[bytes]) -> tuple[str, str, int]:
    """Write a large file, a piece at a time; its sha256, name in storage and size. Raises OSError when the disk is full."""
    whole, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(2**20):
        whole.update(piece)
        size += len(piece)
    sha256 = whole.hexdigest()
    name = f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return sha256, name, size
        default_storage.delete(name)
    file.seek(0)
    return sha256, default_storage.save(name, File(file)), size


def open_file(blob: Blob) -> File[Any]:
    """The bytes to be read a piece at a time; the caller closes it. Raises FileNotFoundError if the storage lost them."""
    return default_storage.open(blob.file, "rb")


def read(blob: Blob) -> bytes:
    """The bytes. Raises FileNotFoundError if the storage lost them."""
    with default_storage.open(blob.file, "rb") as file:
        return bytes(file.read())


def drop(name: str) -> None:
    """Delete the bytes; silent if they are gone already."""
    default_storage.delete(name)
