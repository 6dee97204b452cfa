#!/usr/bin/env bash
# Moves a LeaderWorkerSet to kthena, on copies of the examples, and shows each step. `make demo` runs it.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$examples" "$work/examples"
cd "$work/examples"
mkdir chat
cp convert-lws-kpt/{leaderworkerset,service,autoscaler}.yaml chat

bold='' end=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\033[1m' end=$'\033[m'
fi
title() { printf '\n%s%s%s\n' "$bold" "$1" "$end"; }
step() { printf '%s$ %s%s\n' "$bold" "$1" "$end"; eval "$1"; }
quiet() { step "$1" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }; }
lines='^kind:|^  (name|replicas):|^ +(size|workerReplicas|(leader|entry|worker)Template):|[ (]LWS_'

title '1. A LeaderWorkerSet, with vLLM on two nodes. Some lines of it:'
grep -E "$lines" chat/leaderworkerset.yaml

title '2. It becomes a ModelServing:'
lines='^kind:|^  (name|replicas):|workerReplicas|(entry|worker)Template:|- name: LWS_'
step 'modelserving-lws migrate chat --write | tail -n 12 # the end of the report'
grep -E "$lines" chat/leaderworkerset.yaml

title '3. The variables that the containers of its pods see:'
step 'modelserving-lws render --tree --format table chat'

title '4. The Service, and the pods that it leads to:'
step 'modelserving-lws render --tree chat | grep --after-context 9 ^Service'

title '5. In kustomize and kpt:'
if command -v kustomize > /dev/null; then
  quiet 'kustomize build --enable-alpha-plugins --enable-exec expand-lws-plugin-kustomize/overlay > built.yaml'
  grep -c LWS_ built.yaml | sed 's/$/ lines of the result name a variable of LWS/'
else
  echo 'kustomize is not on the PATH: with Go there, `make tools` installs it; see https://go.dev/doc/install'
fi
if command -v kpt > /dev/null; then
  quiet 'kpt fn render --allow-exec expand-lws-plugin-kpt'
  grep -c LWS_ expand-lws-plugin-kpt/modelserving.yaml | sed 's/$/ lines of the result name a variable of LWS/'
else
  echo 'kpt is not on the PATH: see https://kpt.dev/installation/kpt-cli/'
fi
