FROM python:3.13.5-slim-bookworm AS build
COPY requirements.txt /
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --target /site-packages --requirement /requirements.txt
COPY fn/modelserving_lws /site-packages/modelserving_lws
RUN python -m compileall -q /site-packages

FROM python:3.13.5-slim-bookworm
LABEL org.opencontainers.image.title="modelserving-lws" \
      org.opencontainers.image.description="Writes the LeaderWorkerSet contract into the manifests of kthena ModelServings" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /site-packages /usr/local/lib/python3.13/site-packages
USER 65532:65532
# Isolated mode: no PYTHON* variable and no user's packages reach the program.
ENTRYPOINT ["python", "-I", "-m", "modelserving_lws"]
