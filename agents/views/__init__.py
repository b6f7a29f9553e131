"""The pages. Each view: find what this agent may see (404 otherwise), validate, one action, answer with a page or a fragment."""
