#!/usr/bin/env bash
# Snakemake 9.27.1: behind a checkpoint, jobs run again although nothing that they read has changed.
#
# Expected: when a checkpoint has run again, the jobs behind it are judged anew. A job whose input function now returns
# no file of the checkpoint, and whose own inputs are older than its outputs, does not run; nor does what reads it.
# Seen: the first of them does not run, but the second, which reads nothing but the output of the first, does: it keeps
# the reason from before the checkpoint ("input files updated by another job"). Called once more, nothing is to be done.
#
# Run: bash findings/snakemake_checkpoint_reruns.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snakemake==9.27.1 2> install.log || { cat install.log; exit 1; }
cat > Snakefile <<'CODE'
rule all:
    input:
        "second.txt",


checkpoint check:
    input:
        "raw.txt",
    output:
        "checked.txt",
    shell:
        "cp {input} {output}"


def once_checked(wildcards):
    checkpoints.check.get()
    return []


rule first:
    input:
        once_checked,
        "own.txt",
    output:
        "first.txt",
    shell:
        "echo first >> ran.txt; cp own.txt {output}"


rule second:
    input:
        "first.txt",
    output:
        "second.txt",
    shell:
        "echo second >> ran.txt; cp {input} {output}"
CODE
call() {
    : > ran.txt
    venv/bin/snakemake --cores 1 > call.log 2>&1 || { cat call.log; exit 1; }
    echo "$1: $(tr '\n' ' ' < ran.txt)"
}
echo 1 > raw.txt
echo 1 > own.txt
call "from nothing"
sleep 1.1
echo 2 > raw.txt
call "after a change of what the checkpoint reads"
[ "$(cat ran.txt)" = second ] || { echo "CHANGED"; exit 1; }
call "called once more"
[ ! -s ran.txt ] || { echo "CHANGED"; exit 1; }
