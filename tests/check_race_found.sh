#!/bin/bash
# The thread sanitizer as set up here sees a race between OpenMP threads, and none where OpenMP synchronises.
set -euo pipefail
# shellcheck source=tests/expect.sh
source "$ABSCOPAL_SOURCE_DIR/tests/expect.sh"

cat > "$folder/sum.c" << 'END'
#include <stdio.h>
int main(void)
{
    int sum = 0;
#pragma omp parallel for num_threads(2) SHARING
    for (int i = 0; i < 10000; i++)
        sum += i;
    printf("sum %d\n", sum);
    return 0;
}
END
for sharing in 'shared(sum)' 'reduction(+ : sum)'; do
    clang -fopenmp -fsanitize=thread -g -DSHARING="$sharing" "$folder/sum.c" -o "$folder/${sharing%%(*}"
done
expect 66 'ThreadSanitizer: data race' "$folder/shared"
expect 0 '^sum 49995000$' "$folder/reduction"
expect 0 'Tool was started' env OMP_TOOL_VERBOSE_INIT=stderr "$ABSCOPAL_COMMAND" run -q -n 2 \
    "$ABSCOPAL_SOURCE_DIR/tests/data/cli-trial.yaml"

finish
