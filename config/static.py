"""How static files are named in production: with a hash of their content, imports between modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    # Rewrites `import … from "./live.js"`, so that a new module never meets an old one in a browser's cache.
    support_js_module_import_aggregation = True
