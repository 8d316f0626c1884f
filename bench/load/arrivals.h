#ifndef BENCH_ARRIVALS_H
#define BENCH_ARRIVALS_H

#include <stddef.h>
#include <stdint.h>

/* When to send: until `count` requests or `duration` ns, as fast as answers come or at `rate` per second. */
struct plan {
  uint64_t count, duration, timeout;
  double rate;
};

struct arrivals {
  struct plan plan;
  uint64_t end, give_up, taken, next, random;
};

uint64_t now_ns(void);

void arrivals_start(struct arrivals *arrivals, struct plan plan, uint64_t start, uint64_t seed);

/* Takes the next request that is due at `now`; 0 when none is. `due` is when it should be sent. */
int arrivals_take(struct arrivals *arrivals, uint64_t now, uint64_t *due);

/* Whether no request is or will be due. */
int arrivals_over(const struct arrivals *arrivals, uint64_t now);

/* Until when the caller may sleep if no answer comes. */
uint64_t arrivals_wake(const struct arrivals *arrivals);

/* Requests that were due in the open loop and never taken. */
uint64_t arrivals_left(struct arrivals *arrivals);

#endif
