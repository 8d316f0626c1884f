#include "json.h"

#include <string.h>

#define MAX_DEPTH 64

static const char *skip_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

/* `at` stands on the opening quote; returns the byte after the closing one, or null. */
static const char *skip_string(const char *at, const char *end) {
  for (at++; at < end; at++) {
    if (*at == '"') return at + 1;
    if (*at == '\\') at++;
  }
  return NULL;
}

static const char *skip_scalar(const char *at, const char *end) {
  const char *start = at;
  while (at < end && !memchr(",]} \t\r\n\":[{", *at, 11)) at++;
  return at > start ? at : NULL;
}

static const char *skip_container(const char *at, const char *end) {
  char closers[MAX_DEPTH];
  int depth = 0;
  while (at < end) {
    char byte = *at;
    if (byte == '"') {
      at = skip_string(at, end);
      if (!at) return NULL;
      continue;
    }
    if (byte == '{' || byte == '[') {
      if (depth == MAX_DEPTH) return NULL;
      closers[depth++] = byte == '{' ? '}' : ']';
    } else if (byte == '}' || byte == ']') {
      if (closers[--depth] != byte) return NULL;
      if (depth == 0) return at + 1;
    }
    at++;
  }
  return NULL;
}

static const char *skip_value(const char *at, const char *end) {
  if (at == end) return NULL;
  if (*at == '"') return skip_string(at, end);
  if (*at == '{' || *at == '[') return skip_container(at, end);
  return skip_scalar(at, end);
}

static int hex4(const char *at) {
  int code = 0;
  for (int i = 0; i < 4; i++) {
    int low = at[i] | 32;
    if (at[i] >= '0' && at[i] <= '9') code = code * 16 + at[i] - '0';
    else if (low >= 'a' && low <= 'f') code = code * 16 + low - 'a' + 10;
    else return -1;
  }
  return code;
}

int json_says(struct span value, const char *text) {
  if (value.len < 2 || value.at[0] != '"') return 0;
  const char *at = value.at + 1, *end = value.at + value.len - 1;
  while (at < end) {
    int code = (unsigned char)*at++;
    if (code == '\\' && at < end) {
      code = *at++;
      static const char pairs[] = "b\bf\fn\nr\rt\t";
      const char *plain = code ? strchr(pairs, code) : NULL;
      if (code == 'u') {
        if (end - at < 4) return 0;
        code = hex4(at);
        at += 4;
      } else if (plain && (plain - pairs) % 2 == 0) {
        code = plain[1];
      }
    }
    if (*text == 0 || code != (unsigned char)*text++) return 0;
  }
  return *text == 0;
}

static void keep(struct span key, struct span value, const char *const *names, struct span *values, int count) {
  for (int i = 0; i < count; i++) {
    if (json_says(key, names[i])) values[i] = value;
  }
}

int json_members(struct span text, const char *const *names, struct span *values, int count) {
  const char *end = text.at + text.len, *at = skip_space(text.at, end);
  memset(values, 0, sizeof(*values) * (size_t)count);
  if (at == end || *at != '{') return -1;
  at = skip_space(at + 1, end);
  if (at < end && *at == '}') return skip_space(at + 1, end) == end ? 0 : -1;
  for (;;) {
    if (at == end || *at != '"') return -1;
    const char *key = at;
    at = skip_string(at, end);
    if (!at) return -1;
    struct span name = {key, (size_t)(at - key)};
    at = skip_space(at, end);
    if (at == end || *at != ':') return -1;
    const char *value = skip_space(at + 1, end);
    at = skip_value(value, end);
    if (!at) return -1;
    keep(name, (struct span){value, (size_t)(at - value)}, names, values, count);
    at = skip_space(at, end);
    if (at == end) return -1;
    if (*at == '}') return skip_space(at + 1, end) == end ? 0 : -1;
    if (*at != ',') return -1;
    at = skip_space(at + 1, end);
  }
}
