# The digest is that of the tag's index for all platforms; renew both together.
ARG BASE=python:3.13.16-slim-trixie@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f

FROM ${BASE} AS build
COPY requirements.txt /
RUN pip install --no-cache-dir --no-compile --require-hashes --only-binary :all: --target /site --requirement /requirements.txt
COPY image/*.py /assemble/
COPY LICENSE fn/modelserving_lws /site/modelserving_lws/
ARG SOURCE_DATE_EPOCH
RUN PYTHONPATH=/site python -m modelserving_lws.cli.compile_patterns && python /assemble/assemble.py /site /image

FROM scratch
ARG SOURCE
ARG VERSION
LABEL org.opencontainers.image.title="modelserving-lws" \
      org.opencontainers.image.description="Writes the LeaderWorkerSet contract into the manifests of kthena ModelServings" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /image /
ENV PATH=/usr/local/bin
USER 65532:65532
# Isolated mode: no PYTHON* variable and no user's packages reach the program.
ENTRYPOINT ["python", "-I", "-m", "modelserving_lws"]
