#ifndef BENCH_OUTCOME_H
#define BENCH_OUTCOME_H

#include "http.h"

#include <stdint.h>

/* What came of a run. `lost` requests were due and never sent. */
struct outcome {
  uint64_t sent, right, errors, wrong, reconnects, lost;
  double seconds;
  const char *first_failure;
  char sample[512];
  size_t sample_length;
  uint64_t *latencies;
  size_t latency_capacity;
};

void outcome_right(struct outcome *outcome, uint64_t due);
void outcome_error(struct outcome *outcome, const char *why, struct span answer);
void outcome_wrong(struct outcome *outcome, const char *why, struct span answer);

/* Prints the outcome as one JSON object; latencies in microseconds. */
void outcome_print(struct outcome *outcome);

#endif
