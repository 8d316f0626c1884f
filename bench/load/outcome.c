#define _GNU_SOURCE
#include "outcome.h"
#include "arrivals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

void outcome_right(struct outcome *outcome, uint64_t due) {
  if (outcome->right == outcome->latency_capacity) {
    outcome->latency_capacity = outcome->latency_capacity ? outcome->latency_capacity * 2 : 65536;
    outcome->latencies = realloc(outcome->latencies, outcome->latency_capacity * sizeof(uint64_t));
    if (!outcome->latencies) abort();
  }
  outcome->latencies[outcome->right++] = now_ns() - due;
}

static void remember(struct outcome *outcome, const char *why, struct span answer) {
  if (outcome->first_failure) return;
  outcome->first_failure = why;
  outcome->sample_length = answer.len < sizeof outcome->sample ? answer.len : sizeof outcome->sample;
  memcpy(outcome->sample, answer.at, outcome->sample_length);
}

void outcome_error(struct outcome *outcome, const char *why, struct span answer) {
  outcome->errors++;
  remember(outcome, why, answer);
}

void outcome_wrong(struct outcome *outcome, const char *why, struct span answer) {
  outcome->wrong++;
  remember(outcome, why, answer);
}

static int ascending(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

/* Nearest rank; the array is sorted. */
static double percentile_us(const struct outcome *outcome, double share) {
  if (outcome->right == 0) return 0;
  size_t rank = (size_t)(share * (double)outcome->right + 0.999999);
  if (rank > outcome->right) rank = outcome->right;
  return (double)outcome->latencies[rank ? rank - 1 : 0] / 1000.0;
}

static void print_escaped(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (byte == '"' || byte == '\\') printf("\\%c", byte);
    else if (byte < 32 || byte > 126) printf("\\u%04x", byte);
    else putchar(byte);
  }
}

void outcome_print(struct outcome *outcome) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu_us = 1e6 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                  (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  if (outcome->right) qsort(outcome->latencies, outcome->right, sizeof(uint64_t), ascending);
  printf("{\"sent\":%llu,\"requests\":%llu,\"errors\":%llu,\"wrong\":%llu,\"reconnects\":%llu,\"lost\":%llu,",
         (unsigned long long)outcome->sent, (unsigned long long)outcome->right,
         (unsigned long long)outcome->errors, (unsigned long long)outcome->wrong,
         (unsigned long long)outcome->reconnects, (unsigned long long)outcome->lost);
  printf("\"seconds\":%.6f,\"generatorCpuUs\":%.0f,", outcome->seconds, cpu_us);
  printf("\"p50Us\":%.1f,\"p90Us\":%.1f,\"p99Us\":%.1f,\"maxUs\":%.1f,", percentile_us(outcome, 0.5),
         percentile_us(outcome, 0.9), percentile_us(outcome, 0.99), percentile_us(outcome, 1));
  printf("\"failure\":\"%s\",\"sample\":\"", outcome->first_failure ? outcome->first_failure : "");
  print_escaped(outcome->sample, outcome->sample_length);
  printf("\"}\n");
}
