# The environment that the tests use, as an image:
#   docker build -t nppdrivers . && docker run --rm -v "$PWD/results:/nppdrivers/results" nppdrivers --cores 4
# It is written from what `make` does and was never built by us: no builder of images was at hand.
FROM python:3.11-slim-bookworm
WORKDIR /nppdrivers
COPY requirements.txt .
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
ENTRYPOINT ["snakemake", "--profile", "profiles/default"]
