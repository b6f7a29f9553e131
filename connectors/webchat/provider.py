"""The settings the samples are read with. No `sign`: nothing comes in by a hook."""

SETTINGS = {
    "origins": ["https://www.shop.example"],
    "identity_secret": "the-secret-of-the-samples-which-is-long-enough",
}
