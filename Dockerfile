# Lookalike with its starter set, served on port 7860 to whoever reaches the container.
#
#   docker build --tag lookalike .
#   docker run --read-only --tmpfs /tmp --volume lookalike:/var/lib/lookalike \
#     --publish 127.0.0.1:7860:7860 lookalike
#
# It asks the hub for nothing: say --env HF_HUB_OFFLINE=0 to let it. What is built is kept in
# /var/lib/lookalike, uploads for a while in /tmp; nothing else is written. compose.yaml puts a
# proxy with TLS before it.
FROM python:3.11-slim-bookworm AS installed

# Torch for CPUs alone, gigabytes smaller than PyPI's for Linux, which brings CUDA. That index is
# not in the lock; with --build-arg TORCH_INDEX= torch comes from PyPI, checked by its hash.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/lookalike
ENV PATH=/opt/lookalike/bin:$PATH
WORKDIR /source
COPY requirements.lock requirements.txt ./
RUN if [ -n "$TORCH_INDEX" ]; then \
      pip install --no-deps --index-url "$TORCH_INDEX" "$(grep -o '^torch==[0-9.]*' requirements.txt)" \
      && awk '/^[a-z]/ { other = !/^(torch|triton|nvidia-|cuda-)/ } other' requirements.lock > locked; \
    else cp requirements.lock locked; fi
RUN pip install --no-deps --require-hashes -r locked
COPY . .
RUN python -m venv /opt/building \
  && /opt/building/bin/pip wheel --no-deps --wheel-dir /wheels . \
  && pip install --no-deps --no-index /wheels/*.whl

FROM python:3.11-slim-bookworm

COPY --from=installed /opt/lookalike /opt/lookalike
RUN useradd --system --uid 10001 --home-dir /var/lib/lookalike --create-home lookalike
USER 10001
WORKDIR /var/lib/lookalike
VOLUME /var/lib/lookalike
ENV PATH=/opt/lookalike/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    HF_HOME=/var/lib/lookalike/hub \
    LOOKALIKE_HOME=/var/lib/lookalike \
    GRADIO_TEMP_DIR=/tmp/lookalike \
    MPLCONFIGDIR=/tmp/matplotlib
EXPOSE 7860
# A first start compiles the network.
HEALTHCHECK --interval=30s --timeout=10s --start-period=300s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz', timeout=8)"]
ENTRYPOINT ["lookalike"]
CMD ["serve", "--host", "0.0.0.0", "--port", "7860"]
