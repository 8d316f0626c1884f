#define _GNU_SOURCE
#include "http.h"

#include <string.h>
#include <strings.h>

#define MAX_HEAD (16 * 1024)
#define MAX_BODY (16 * 1024 * 1024)

static struct span trimmed(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) end--;
  return (struct span){at, (size_t)(end - at)};
}

static int equals(struct span value, const char *text) {
  return value.len == strlen(text) && strncasecmp(value.at, text, value.len) == 0;
}

int http_header(const struct http_message *message, const char *name, struct span *value) {
  size_t name_length = strlen(name);
  const char *at = message->head.at, *end = at + message->head.len;
  while (at < end) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) line_end = end;
    if ((size_t)(line_end - at) > name_length && at[name_length] == ':' &&
        strncasecmp(at, name, name_length) == 0) {
      *value = trimmed(at + name_length + 1, line_end);
      return 1;
    }
    at = line_end + 1;
  }
  return 0;
}

int http_status(const struct http_message *message) {
  const char *at = message->start.at;
  if (message->start.len < 12 || memcmp(at, "HTTP/1.1 ", 9) != 0) return 0;
  int status = 0;
  for (int i = 9; i < 12; i++) {
    if (at[i] < '0' || at[i] > '9') return 0;
    status = status * 10 + (at[i] - '0');
  }
  return status;
}

static long decimal(struct span digits) {
  if (digits.len == 0 || digits.len > 9) return -1;
  long number = 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (digits.at[i] < '0' || digits.at[i] > '9') return -1;
    number = number * 10 + (digits.at[i] - '0');
  }
  return number;
}

static long chunk_size(const char *at, const char *end) {
  long size = 0;
  int digits = 0;
  for (; at < end && *at != ';' && *at != '\r'; at++, digits++) {
    int low = *at | 32;
    int digit = *at >= '0' && *at <= '9' ? *at - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    if (digit < 0 || digits == 7) return -1;
    size = size * 16 + digit;
  }
  return digits ? size : -1;
}

/*
 * Walks the chunks from `at`. Writes the decoded bytes to `into` unless it is null, so that a first
 * walk can find out whether the body is complete without changing it.
 */
static int walk_chunks(const char *at, const char *end, char *into, size_t *length, const char **after) {
  *length = 0;
  for (;;) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) return 0;
    long size = chunk_size(at, line_end);
    if (size < 0) return -1;
    at = line_end + 1;
    if (size == 0) break;
    if (end - at < size + 2) return 0;
    if (at[size] != '\r' || at[size + 1] != '\n') return -1;
    if (into) memmove(into + *length, at, (size_t)size);
    *length += (size_t)size;
    if (*length > MAX_BODY) return -1;
    at += size + 2;
  }
  for (;;) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) return 0;
    int empty = line_end - at <= 1;
    at = line_end + 1;
    if (empty) break;
  }
  *after = at;
  return 1;
}

static int parse_chunked(char *buffer, size_t length, char *body, struct http_message *out) {
  const char *after = NULL;
  size_t decoded = 0;
  int state = walk_chunks(body, buffer + length, NULL, &decoded, &after);
  if (state != 1) return state;
  walk_chunks(body, buffer + length, body, &decoded, &after);
  out->body = (struct span){body, decoded};
  out->total = (size_t)(after - buffer);
  return 1;
}

int http_parse(char *buffer, size_t length, enum http_kind kind, struct http_message *out) {
  size_t searched = length < MAX_HEAD ? length : MAX_HEAD;
  char *head_end = memmem(buffer, searched, "\r\n\r\n", 4);
  if (!head_end) return length >= MAX_HEAD ? -1 : 0;
  char *line_end = memchr(buffer, '\n', (size_t)(head_end + 2 - buffer));
  char *body = head_end + 4;
  out->start = trimmed(buffer, line_end);
  out->head = (struct span){line_end + 1, (size_t)(head_end + 2 - (line_end + 1))};

  struct span value;
  out->close = http_header(out, "connection", &value) && equals(value, "close");
  int chunked = http_header(out, "transfer-encoding", &value);
  if (chunked && !equals(value, "chunked")) return -1;
  int measured = http_header(out, "content-length", &value);
  if (chunked) return measured ? -1 : parse_chunked(buffer, length, body, out);

  long body_length = measured ? decimal(value) : 0;
  if (body_length < 0 || body_length > MAX_BODY) return -1;
  if (!measured && kind == HTTP_RESPONSE && http_status(out) != 204) return -1;
  if (length - (size_t)(body - buffer) < (size_t)body_length) return 0;
  out->body = (struct span){body, (size_t)body_length};
  out->total = (size_t)(body - buffer) + (size_t)body_length;
  return 1;
}
