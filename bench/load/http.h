#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stddef.h>

/* A piece of somebody else's buffer. */
struct span {
  const char *at;
  size_t len;
};

/* One complete HTTP/1.1 message inside a buffer. */
struct http_message {
  struct span start; /* request or status line, without its line end */
  struct span head;  /* the header lines after it */
  struct span body;  /* decoded when it came in chunks */
  size_t total;      /* bytes of the buffer it takes */
  int close;         /* the sender will close the connection */
};

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

/*
 * Reads the message at the start of `buffer`. Returns 1 when it is complete, 0 when more bytes are
 * needed, -1 when it is malformed. A body in chunks is decoded in place, once it is complete; an
 * answer that only the end of the connection would end counts as malformed.
 */
int http_parse(char *buffer, size_t length, enum http_kind kind, struct http_message *out);

/* Finds a header by its name in lower case; 1 when present. */
int http_header(const struct http_message *message, const char *name, struct span *value);

/* Status of a parsed answer, 0 when the status line is malformed. */
int http_status(const struct http_message *message);

#endif
