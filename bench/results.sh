# What was measured, one line each: point, server, round, requests/s, and more columns; sourced by the benchmarks.
# shellcheck shell=bash

results=$WORK/results.tsv
: >"$results"

# rounds FUNCTION: one that warms up and does not count, then the interleaved ones, each server first in turn. What it
# measures, the function adds to $WORK/last.
rounds() {
    local round
    for ((round = 0; round <= ROUNDS; round++)); do
        : >"$WORK/last"
        if ((round % 2)); then "$1" "$round" nginx fabrik; else "$1" "$round" fabrik nginx; fi
        ((round == 0)) || cat "$WORK/last" >>"$results"
    done
}

# column POINT SERVER COLUMN: the median over the rounds.
column() { awk -F'\t' -v p="$1" -v s="$2" -v c="$3" '$1 == p && $2 == s { print $c }' "$results" | median; }

# The median of the rounds' own ratios, with the lowest and highest.
ratio() {
    awk -F'\t' -v p="$1" '$1 == p { r[$3, $2] = $4; n = $3 > n ? $3 : n }
        END { for (i = 1; i <= n; i++) print r[i, "fabrik"] / r[i, "nginx"] }' "$results" | sort -g |
        awk '{ a[NR] = $1 }
            END { m = NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2
                printf "**%.2f** (%.2f–%.2f)", m, a[1], a[NR] }'
}

pair() { printf "%.*f / %.*f" "$4" "$(column "$1" nginx "$2")" "$4" "$(column "$1" fabrik "$3")"; }

