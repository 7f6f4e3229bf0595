#!/usr/bin/env bash
# Snakemake 9.27.1: a run that ends removes the locks of every other run in the same working directory.
#
# Expected: the lock of a run lasts until that run ends. A second run with other targets may work beside it, and a
# third one that wants the files of the first is refused while the first is at work.
# Seen: the end of the second run deletes the whole folder .snakemake/locks. The third run is not refused and makes
# the file that the first is still making: two jobs write one file at once.
#
# Run: bash findings/snakemake_lock_of_another_run.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2>/dev/null || true; sleep 1; rm -rf "$folder" || true' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet snakemake==9.27.1
cat > Snakefile <<'RULES'
rule slow:
    output: "slow.txt"
    shell: "echo start >> starts.txt; sleep 90; echo done > {output}"
rule quick:
    output: "quick.txt"
    shell: "echo done > {output}"
RULES
venv/bin/snakemake --cores 1 slow.txt > first.log 2>&1 &
until [ -e starts.txt ]; do sleep 0.2; done

echo "while the first run works, a run with the same target is refused:"
if venv/bin/snakemake --cores 1 slow.txt > same.log 2>&1; then echo "CHANGED: not refused"; exit 1; fi
grep -o "LockException" same.log | head -1

echo "a run with another target may work, and removes the locks of the first at its end:"
ls .snakemake/locks
venv/bin/snakemake --cores 1 quick.txt > second.log 2>&1
if [ -e .snakemake/locks ]; then echo "CHANGED: the locks of the first run are still there"; exit 1; fi
echo "no folder .snakemake/locks"

echo "now a run with the target of the first one is not refused, and starts its job again:"
venv/bin/snakemake --cores 1 --rerun-incomplete slow.txt > third.log 2>&1 &
for _ in $(seq 60); do [ "$(wc -l < starts.txt)" -eq 2 ] && break; sleep 1; done
if [ "$(wc -l < starts.txt)" -ne 2 ] || [ -e slow.txt ]; then echo "CHANGED"; cat third.log; exit 1; fi
echo "2 starts of the rule slow, side by side"
