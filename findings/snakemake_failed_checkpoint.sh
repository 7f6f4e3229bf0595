#!/usr/bin/env bash
# Snakemake 9.27.1: a checkpoint that failed is not asked again, and what waits for it runs without it.
#
# Expected: a job whose input function calls checkpoints.admit.get() runs only after the checkpoint has ended well,
# also where the checkpoint failed at the call before.
# Seen: the failed checkpoint leaves no output. At the next call, with all other files there, the missing output of
# the checkpoint makes nothing run; a job behind it that has a reason of its own (a changed input) runs, the
# checkpoint does not, and the call ends well.
#
# Run: bash findings/snakemake_failed_checkpoint.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snakemake==9.27.1
cat > Snakefile <<'RULES'
def admitted(wildcards):
    checkpoints.admit.get()
    return []
rule all:
    input: "result.txt"
checkpoint admit:
    input: "raw.txt"
    output: "admitted.txt"
    shell: "if grep -q wrong {input}; then exit 1; fi; cp {input} {output}"
rule grid:
    input: admitted
    output: "grid.txt"
    shell: "echo grid > {output}"
rule result:
    input: raw="raw.txt", grid="grid.txt"
    output: "result.txt"
    shell: "cat {input.raw} > {output}"
RULES
echo right > raw.txt
venv/bin/snakemake --cores 1 > first.log 2>&1
echo "first call: result is '$(cat result.txt)'"
sleep 1.1
echo wrong > raw.txt
if venv/bin/snakemake --cores 1 > second.log 2>&1; then echo "CHANGED: not refused"; exit 1; fi
echo "second call, wrong input: the checkpoint fails, result is '$(cat result.txt)'"
if ! venv/bin/snakemake --cores 1 > third.log 2>&1; then echo "CHANGED: refused again"; exit 1; fi
echo "third call, nothing changed since: exit code 0, result is '$(cat result.txt)'"
[ "$(cat result.txt)" = wrong ] || { echo "CHANGED"; exit 1; }
if grep -q "checkpoint admit" third.log; then echo "CHANGED: the checkpoint ran"; exit 1; fi
echo "the checkpoint did not run"
