#!/usr/bin/env bash
# Runs InjectLWS on copies of the examples and shows what it changes. `make demo` calls it.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$examples" "$work/examples"
cd "$work/examples"

title() { printf '\n\033[1m%s\033[0m\n' "$1"; }
changes() { git --no-pager diff --no-index --color=always --unified=1 "$@" | grep -v '^.\[1m' || true; }

title '1. The program by itself: modelserving-lws < inject-lws-imperative/resources.yaml'
echo 'A ModelServing (SGLang on two nodes, two ServingGroups), its four pods and a Service. What it writes:'
modelserving-lws < inject-lws-imperative/resources.yaml > "$work/after.yaml"
changes inject-lws-imperative/resources.yaml "$work/after.yaml"

title '2. kustomize: kustomize build --enable-alpha-plugins --enable-exec inject-lws-kustomize/overlay'
if command -v kustomize > /dev/null; then
  echo 'vLLM on two nodes; the overlay makes replicas 4. The first pod with and without the function:'
  build() { kustomize build --enable-alpha-plugins --enable-exec inject-lws-kustomize/overlay; }
  first_pod() { awk -v RS='---\n' '/kind: Pod/ { print; exit }'; }
  build | first_pod > "$work/after.yaml"
  sed -i.old '/^transformers/,$d' inject-lws-kustomize/*/kustomization.yaml
  build | first_pod > "$work/before.yaml"
  changes "$work/before.yaml" "$work/after.yaml"
else
  echo 'kustomize is not on the PATH: with Go there, `make tools` installs it; see https://go.dev/doc/install'
fi

title '3. kpt: kpt fn render --allow-exec inject-lws-kpt'
if command -v kpt > /dev/null; then
  kpt fn render --allow-exec inject-lws-kpt
  echo 'What it changed in the files of the package, comments and quotes kept:'
  changes "$examples/inject-lws-kpt/pods.yaml" inject-lws-kpt/pods.yaml
else
  echo 'kpt is not on the PATH: see https://kpt.dev/installation/kpt-cli/'
fi

title 'The Services select pods by the labels of LWS, and $(LWS_LEADER_ADDRESS) resolves in the containers.'
