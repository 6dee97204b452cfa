#!/bin/sh
# Helm takes an empty output for a failure; with `---` a chart that renders nothing passes.
echo ---
exec modelserving-lws "$@"
