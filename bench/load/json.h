#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include "http.h"

/*
 * Finds direct members of the JSON object in `text`, in one pass and in any order: for each of the
 * `count` names, `values` receives the raw bytes of its value, or a null span when it is absent.
 * Names inside nested values or strings are not confused with members. Returns -1 when the text is
 * not one object. Scalars are delimited, not judged.
 */
int json_members(struct span text, const char *const *names, struct span *values, int count);

/* Whether `value` is a JSON string that says `text` (ASCII), escapes included. */
int json_says(struct span value, const char *text);

#endif
