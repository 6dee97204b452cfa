"""`python -m modelserving_lws`."""

from .cli.main import start

if __name__ == "__main__":
    start()
