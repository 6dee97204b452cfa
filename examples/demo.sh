#!/usr/bin/env bash
# Runs the functions on copies of the examples and shows what they change. `make demo` calls it.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$examples" "$work/examples"
cd "$work/examples"

title() { printf '\n\033[1m%s\033[0m\n' "$1"; }
changes() { git --no-pager diff --no-index --color=always --unified=1 "$@" | grep -v '^.\[1m' || true; }

title '1. The program by itself: modelserving-lws --function ExpandLWSPlugin < expand-lws-plugin-kpt/modelserving.yaml'
echo 'A ModelServing with the plugin lws (vLLM on four nodes), made to run on a kthena that has no such plugin. What it changes:'
modelserving-lws --function ExpandLWSPlugin < expand-lws-plugin-kpt/modelserving.yaml > "$work/after.yaml"
changes expand-lws-plugin-kpt/modelserving.yaml "$work/after.yaml"

title '2. kustomize: kustomize build --enable-alpha-plugins --enable-exec expand-lws-plugin-kustomize/overlay'
if command -v kustomize > /dev/null; then
  echo 'The overlay makes replicas 4, then runs ExpandLWSPlugin. With and without the function:'
  build() { kustomize build --enable-alpha-plugins --enable-exec expand-lws-plugin-kustomize/overlay; }
  build > "$work/after.yaml"
  sed -i.old '/^transformers/,$d' expand-lws-plugin-kustomize/overlay/kustomization.yaml
  build > "$work/before.yaml"
  changes "$work/before.yaml" "$work/after.yaml"
else
  echo 'kustomize is not on the PATH: with Go there, `make tools` installs it; see https://go.dev/doc/install'
fi

title '3. kpt, with InjectLWS for pods that are manifests: kpt fn render --allow-exec inject-lws-kpt'
if command -v kpt > /dev/null; then
  kpt fn render --allow-exec inject-lws-kpt
  echo 'What it changed in the files of the package, comments and quotes kept:'
  changes "$examples/inject-lws-kpt/pods.yaml" inject-lws-kpt/pods.yaml
else
  echo 'kpt is not on the PATH: see https://kpt.dev/installation/kpt-cli/'
fi

title 'The Services select pods by the labels of LWS, and $(LWS_LEADER_ADDRESS) resolves in the containers.'
