/*
 * A fast MCP server to stand behind what is measured: revision 2026-07-28 over Streamable HTTP,
 * one thread, one tool `echo` with a fixed result. It is strict where a gateway could cheat: headers
 * must agree with the body, the tool must be called by its own name, the id comes back as it came.
 *
 *   upstream --port PORT --result FILE      FILE holds the JSON of the result of tools/call
 */
#define _GNU_SOURCE
#include "http.h"
#include "json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define VERSION "2026-07-28"
#define MAX_IN (1024 * 1024)
#define MAX_OUT (1024 * 1024)

struct buffer {
  char *bytes;
  size_t used, size;
};

struct connection {
  int fd;
  int wants_write;
  struct buffer in, out;
};

static const char DISCOVER[] =
    "{\"resultType\":\"complete\",\"supportedVersions\":[\"" VERSION "\"],"
    "\"capabilities\":{\"tools\":{}},\"ttlMs\":3600000,\"cacheScope\":\"public\","
    "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"bench-upstream\",\"version\":\"1.0.0\"}}}";
static const char TOOLS[] =
    "{\"resultType\":\"complete\",\"tools\":[{\"name\":\"echo\",\"description\":\"Answers with a fixed text.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}}}}],"
    "\"ttlMs\":3600000,\"cacheScope\":\"public\"}";
static struct span call_result;
static int poller;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int reserve(struct buffer *buffer, size_t more, size_t limit) {
  if (buffer->used + more <= buffer->size) return 1;
  size_t size = buffer->size ? buffer->size : 8192;
  while (size < buffer->used + more) size *= 2;
  if (size > limit) return 0;
  char *bytes = realloc(buffer->bytes, size);
  if (!bytes) die("memory");
  buffer->bytes = bytes;
  buffer->size = size;
  return 1;
}

static int append(struct buffer *out, const char *bytes, size_t length) {
  if (!reserve(out, length, MAX_OUT)) return 0;
  memcpy(out->bytes + out->used, bytes, length);
  out->used += length;
  return 1;
}

/* One answer: {"jsonrpc":"2.0","id":ID,"MEMBER":PAYLOAD}; without an id the id is null. */
static int answer(struct buffer *out, const char *status, struct span id, const char *member, struct span payload) {
  char head[192], open[32] = "{\"jsonrpc\":\"2.0\",\"id\":", middle[16];
  if (!id.at) id = (struct span){"null", 4};
  int middle_length = snprintf(middle, sizeof middle, ",\"%s\":", member);
  size_t length = strlen(open) + id.len + (size_t)middle_length + payload.len + 1;
  int head_length = snprintf(head, sizeof head,
      "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status, length);
  return append(out, head, (size_t)head_length) && append(out, open, strlen(open)) &&
         append(out, id.at, id.len) && append(out, middle, (size_t)middle_length) &&
         append(out, payload.at, payload.len) && append(out, "}", 1);
}

static int refuse(struct buffer *out, const char *status, struct span id, int code, const char *message) {
  char payload[256];
  int length = snprintf(payload, sizeof payload, "{\"code\":%d,\"message\":\"%s\"}", code, message);
  return answer(out, status, id, "error", (struct span){payload, (size_t)length});
}

static int header_is(const struct http_message *message, const char *name, struct span json_string) {
  struct span value;
  return http_header(message, name, &value) && json_string.len == value.len + 2 &&
         memcmp(value.at, json_string.at + 1, value.len) == 0;
}

static int respond_to_call(struct buffer *out, const struct http_message *message, struct span id, struct span params) {
  const char *const names[] = {"name"};
  struct span name[1];
  if (!params.at || json_members(params, names, name, 1) < 0 || !name[0].at)
    return refuse(out, "400 Bad Request", id, -32602, "tools/call needs params.name");
  if (!header_is(message, "mcp-name", name[0]))
    return refuse(out, "400 Bad Request", id, -32020, "Mcp-Name and params.name differ");
  if (!json_says(name[0], "echo")) return refuse(out, "200 OK", id, -32602, "the only tool is echo");
  return answer(out, "200 OK", id, "result", call_result);
}

static int respond(struct buffer *out, const struct http_message *message) {
  static const char *const names[] = {"id", "method", "params"};
  struct span found[3], none = {NULL, 0}, version = {"\"" VERSION "\"", sizeof VERSION + 1};
  if (message->start.len < 9 || memcmp(message->start.at, "POST /mcp", 9) != 0)
    return refuse(out, "405 Method Not Allowed", none, -32600, "only POST /mcp is served");
  if (json_members(message->body, names, found, 3) < 0)
    return refuse(out, "400 Bad Request", none, -32700, "the body is not a JSON object");
  struct span id = found[0], method = found[1];
  if (!method.at) return refuse(out, "400 Bad Request", id, -32600, "the body has no method");
  if (!id.at) {
    static const char accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    return append(out, accepted, sizeof accepted - 1);
  }
  if (!header_is(message, "mcp-protocol-version", version))
    return refuse(out, "400 Bad Request", id, -32020, "MCP-Protocol-Version must be " VERSION);
  if (!header_is(message, "mcp-method", method))
    return refuse(out, "400 Bad Request", id, -32020, "Mcp-Method and method differ");
  if (json_says(method, "tools/call")) return respond_to_call(out, message, id, found[2]);
  if (json_says(method, "tools/list"))
    return answer(out, "200 OK", id, "result", (struct span){TOOLS, sizeof TOOLS - 1});
  if (json_says(method, "server/discover"))
    return answer(out, "200 OK", id, "result", (struct span){DISCOVER, sizeof DISCOVER - 1});
  return refuse(out, "404 Not Found", id, -32601, "method not found");
}

static void close_connection(struct connection *connection) {
  close(connection->fd);
  free(connection->in.bytes);
  free(connection->out.bytes);
  free(connection);
}

static void watch(struct connection *connection, int wants_write) {
  if (connection->wants_write == wants_write) return;
  struct epoll_event event = {.events = wants_write ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event) < 0) die("epoll_ctl");
  connection->wants_write = wants_write;
}

/* Sends what is waiting; 0 when the peer is gone. */
static int flush(struct connection *connection) {
  struct buffer *out = &connection->out;
  size_t sent = 0;
  while (sent < out->used) {
    ssize_t count = send(connection->fd, out->bytes + sent, out->used - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return 0;
    sent += (size_t)count;
  }
  memmove(out->bytes, out->bytes + sent, out->used - sent);
  out->used -= sent;
  watch(connection, out->used > 0);
  return 1;
}

/* Answers every complete request in the input; 0 when the connection has to go. */
static int serve(struct connection *connection) {
  struct buffer *in = &connection->in;
  size_t done = 0;
  int keep = 1;
  while (done < in->used && keep) {
    struct http_message message;
    int state = http_parse(in->bytes + done, in->used - done, HTTP_REQUEST, &message);
    if (state < 0) return 0;
    if (state == 0) break;
    if (!respond(&connection->out, &message)) return 0;
    keep = !message.close;
    done += message.total;
  }
  memmove(in->bytes, in->bytes + done, in->used - done);
  in->used -= done;
  return flush(connection) && keep;
}

static int receive(struct connection *connection) {
  struct buffer *in = &connection->in;
  if (!reserve(in, 8192, MAX_IN)) return 0;
  ssize_t count = recv(connection->fd, in->bytes + in->used, in->size - in->used, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return 0;
  in->used += (size_t)count;
  return serve(connection);
}

static void accept_one(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection) die("memory");
  connection->fd = fd;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

static struct span read_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  char *bytes = malloc(MAX_OUT / 2);
  if (!bytes) die("memory");
  size_t length = fread(bytes, 1, MAX_OUT / 2, file);
  fclose(file);
  return (struct span){bytes, length};
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(fd, 512) < 0) die("listen");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 5 || strcmp(argv[1], "--port") != 0 || strcmp(argv[3], "--result") != 0) {
    fprintf(stderr, "usage: upstream --port PORT --result FILE\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  call_result = read_file(argv[4]);
  poller = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on(atoi(argv[2]));
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[128];
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");
  for (;;) {
    int count = epoll_wait(poller, ready, 128, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct connection *connection = ready[i].data.ptr;
      if (!connection) accept_one(listener);
      else if (connection->wants_write ? !flush(connection) : !receive(connection)) close_connection(connection);
    }
  }
}
