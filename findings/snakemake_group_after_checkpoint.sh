#!/usr/bin/env bash
# Snakemake 9.27.1: after a checkpoint a group still has its jobs of before, in place of or next to the new ones.
#
# Expected: a checkpoint gives a job its input; the job replaces the one without that input, in its group too.
# Seen: the group goes to the cluster with both, the former with its input still <TBD> (10 of 9 steps done). Groups are
# kept by the jobs they began with, and a kept group has been merged with others and put in order before: jobs of the former
# state stay, and a job merged into it now is missing from its order. In larger graphs that ends in
# `KeyError: <rule>` in dag.update_ready, or a part of a group is submitted alone.
# Way out: form groups anew, `GroupJobFactory.new = lambda self, id, jobs, resources: GroupJob(id, frozenset(jobs), resources)`.
#
# Run: bash findings/snakemake_group_after_checkpoint.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snakemake==9.27.1 snakemake-executor-plugin-cluster-generic==1.0.9
cat > Snakefile <<'RULES'
def chosen(wildcards):
    checkpoints.choose.get()
    return "choice.txt"
rule all:
    input: "page.txt"
checkpoint choose:
    output: "choice.txt"
    localrule: True
    shell: "echo yes > {output}"
rule plot:
    output: "plot_{n}.txt"
    group: "pages"
    shell: "echo {wildcards.n} > {output}"
rule page:
    input: chosen, expand("plot_{n}.txt", n=range(6))
    output: "page.txt"
    group: "pages"
    shell: "cat {input} > {output}"
RULES
# a queue of one: run what is submitted in the background
printf 'nohup bash "$1" > /dev/null 2>&1 &\necho $!\n' > submit.sh
venv/bin/snakemake --executor cluster-generic --cluster-generic-submit-cmd "sh submit.sh" --jobs 2 --cores 2 \
    --latency-wait 5 > run.log 2>&1
echo "jobs of the rule page in the group: $(grep -c '    rule page:' run.log), of them without their input: $(grep -c 'input: <TBD>' run.log)"
grep 'steps.*done' run.log | tail -1
[ "$(grep -c '    rule page:' run.log)" = 2 ] || { echo "CHANGED"; exit 1; }
