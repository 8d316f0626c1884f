#define _GNU_SOURCE
#include "arrivals.h"

#include <math.h>
#include <time.h>

#define FOREVER UINT64_MAX

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
}

/* Exponential gap in ns; xorshift64*, so that a seed gives the same arrivals again. */
static uint64_t gap(struct arrivals *arrivals) {
  uint64_t x = arrivals->random;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  arrivals->random = x;
  double uniform = ((double)((x * 2685821657736338717ULL) >> 11) + 1.0) / 9007199254740992.0;
  return (uint64_t)(-log(uniform) * 1e9 / arrivals->plan.rate);
}

void arrivals_start(struct arrivals *arrivals, struct plan plan, uint64_t start, uint64_t seed) {
  *arrivals = (struct arrivals){.plan = plan, .random = seed * 0x9E3779B97F4A7C15ULL | 1};
  arrivals->end = plan.duration ? start + plan.duration : FOREVER;
  arrivals->give_up = start + plan.timeout;
  arrivals->next = start + (plan.rate > 0 ? gap(arrivals) : 0);
}

int arrivals_over(const struct arrivals *arrivals, uint64_t now) {
  if (arrivals->plan.count && arrivals->taken >= arrivals->plan.count) return 1;
  return (arrivals->plan.rate > 0 ? arrivals->next : now) >= arrivals->end;
}

int arrivals_take(struct arrivals *arrivals, uint64_t now, uint64_t *due) {
  if (arrivals_over(arrivals, now)) return 0;
  if (arrivals->plan.rate > 0) {
    if (arrivals->next > now) return 0;
    *due = arrivals->next;
    arrivals->next += gap(arrivals);
  } else {
    *due = now;
  }
  arrivals->taken++;
  return 1;
}

uint64_t arrivals_wake(const struct arrivals *arrivals) {
  return arrivals->plan.rate > 0 ? arrivals->next : arrivals->end;
}

uint64_t arrivals_left(struct arrivals *arrivals) {
  uint64_t due, left = 0;
  if (arrivals->plan.rate <= 0) return 0;
  while (arrivals_take(arrivals, FOREVER, &due)) left++;
  return left;
}
