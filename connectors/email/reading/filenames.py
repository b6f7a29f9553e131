"""Names for the files in a mail: never empty, never a path, never able to disguise what they are."""

import re
import unicodedata

from .addresses import one_line

_LONGEST = 150
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_EXTENSIONS = {
    "application/json": "json", "application/ms-tnef": "dat", "application/msword": "doc", "application/pdf": "pdf",
    "application/pgp-keys": "asc", "application/pgp-signature": "asc", "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s", "application/rtf": "rtf", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-pkcs7-mime": "p7m", "application/x-pkcs7-signature": "p7s", "application/xml": "xml",
    "application/zip": "zip", "audio/amr": "amr", "audio/mp4": "m4a", "audio/mpeg": "mp3", "audio/ogg": "ogg",
    "audio/wav": "wav", "audio/x-wav": "wav", "image/bmp": "bmp", "image/gif": "gif", "image/heic": "heic",
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/svg+xml": "svg", "image/tiff": "tif",
    "image/webp": "webp", "message/rfc822": "eml", "text/calendar": "ics", "text/csv": "csv", "text/html": "html",
    "text/plain": "txt", "text/rtf": "rtf", "text/vcard": "vcf", "text/x-vcard": "vcf", "text/xml": "xml",
    "video/3gpp": "3gp", "video/mp4": "mp4", "video/mpeg": "mpg", "video/quicktime": "mov",
}  # fmt: skip


def file_name(declared: str, content_type: str, number: int, subject: str = "") -> str:
    """The declared name made safe, else the forwarded mail's subject, else "part-<number>", with an extension.

    Format characters go, among them the right-to-left override that turns "exe.pdf" round.
    """
    name = one_line(declared.replace("\\", "/").rstrip("/").rpartition("/")[2])
    name = "".join(character for character in name if unicodedata.category(character) != "Cf")
    name = _FORBIDDEN.sub("_", name).strip(". ")
    if not name:
        extension = _EXTENSIONS.get(content_type, "bin")
        title = _FORBIDDEN.sub("_", subject.replace("/", "_").replace("\\", "_")).strip(". ")
        return f"{(title or f'part-{number}')[:_LONGEST]}.{extension}"
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    keep = f"{dot}{extension}" if dot and len(extension) <= 10 else ""
    return (stem if keep else name)[: _LONGEST - len(keep)] + keep
