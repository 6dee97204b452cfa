"""The LWS contract in the manifests of kthena ModelServings, as a KRM function."""

__version__ = "0.1.0"
