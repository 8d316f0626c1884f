/*
 * Sends one HTTP request many times over keep-alive connections and checks every answer.
 *
 * Closed loop: each connection sends again as soon as it has its answer.
 * Open loop (--rate): requests are due at Poisson arrivals; latency counts from the moment a request
 * was due, not from the moment a connection was free to send it, so that a stall is not hidden.
 *
 * The request file holds the whole request with ten '@' where the JSON-RPC id goes. An answer is
 * right when it has status 200, a whole body, the bytes of the marker file, and the id that was sent
 * on this connection. One JSON object with the outcome is printed; the exit code is 0 when the run
 * could be carried out, whatever the answers were.
 */
#define _GNU_SOURCE
#include "arrivals.h"
#include "http.h"
#include "outcome.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ID_DIGITS 10
#define MAX_CONNECTIONS 1024
#define MAX_ANSWER (64 * 1024)
#define MAX_FAILURES 100

struct connection {
  int fd;
  int busy;
  uint64_t due; /* when the request in flight should have been sent */
  char id[ID_DIGITS + 1];
  size_t used;
  char answer[MAX_ANSWER];
};

struct settings {
  int port, connections;
  struct plan plan;
  uint64_t first_id;
  struct span request, marker;
  char *id_place;
};

static struct settings settings;
static struct connection *connections;
static int idle[MAX_CONNECTIONS], idle_count, busy_count;
static struct outcome outcome;
static struct arrivals arrivals;
static int poller;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void open_connection(struct connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)settings.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->fd < 0) die("socket");
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event) < 0) die("epoll_ctl");
  connection->used = 0;
}

static void reopen(struct connection *connection) {
  close(connection->fd);
  outcome.reconnects++;
  open_connection(connection);
}

static void set_idle(struct connection *connection) {
  if (connection->busy) busy_count--;
  connection->busy = 0;
  idle[idle_count++] = (int)(connection - connections);
}

static void send_request(struct connection *connection, uint64_t due) {
  snprintf(connection->id, sizeof connection->id, "%010llu",
           (unsigned long long)(settings.first_id + outcome.sent));
  memcpy(settings.id_place, connection->id, ID_DIGITS);
  connection->due = due;
  connection->busy = 1;
  busy_count++;
  outcome.sent++;
  ssize_t count = send(connection->fd, settings.request.at, settings.request.len, MSG_NOSIGNAL);
  if (count == (ssize_t)settings.request.len) return;
  outcome_error(&outcome, "the request could not be sent whole", (struct span){"", 0});
  reopen(connection);
  set_idle(connection);
}

static void send_due(uint64_t now) {
  uint64_t due;
  while (idle_count > 0 && outcome.errors + outcome.wrong < MAX_FAILURES &&
         arrivals_take(&arrivals, now, &due))
    send_request(&connections[idle[--idle_count]], due);
}

/* Whether the body carries "id":ID as a whole number. */
static int has_id(struct span body, const char *id) {
  const char *end = body.at + body.len, *at = body.at;
  while ((at = memmem(at, (size_t)(end - at), "\"id\"", 4))) {
    at += 4;
    while (at < end && *at == ' ') at++;
    if (at == end || *at++ != ':') continue;
    while (at < end && *at == ' ') at++;
    if (end - at > ID_DIGITS && memcmp(at, id, ID_DIGITS) == 0 && strchr(",} \r\n", at[ID_DIGITS])) return 1;
  }
  return 0;
}

static void judge(struct connection *connection, const struct http_message *message) {
  struct span all = {connection->answer, message->total};
  if (http_status(message) != 200) outcome_error(&outcome, "the status is not 200", all);
  else if (!has_id(message->body, connection->id)) outcome_wrong(&outcome, "the id is not the one sent", all);
  else if (!memmem(message->body.at, message->body.len, settings.marker.at, settings.marker.len))
    outcome_wrong(&outcome, "the expected content is missing", all);
  else outcome_right(&outcome, connection->due);
}

static void fail(struct connection *connection, const char *why) {
  if (connection->busy) outcome_error(&outcome, why, (struct span){connection->answer, connection->used});
  int was_busy = connection->busy;
  reopen(connection);
  if (was_busy) set_idle(connection);
}

static void receive(struct connection *connection) {
  ssize_t count = recv(connection->fd, connection->answer + connection->used,
                       MAX_ANSWER - connection->used, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return fail(connection, "the connection was closed before the answer was whole");
  connection->used += (size_t)count;
  if (!connection->busy) return fail(connection, "bytes came that nobody asked for");

  struct http_message message;
  int state = http_parse(connection->answer, connection->used, HTTP_RESPONSE, &message);
  if (state == 0 && connection->used < MAX_ANSWER) return;
  if (state != 1) return fail(connection, "the answer is malformed or too large");
  if (message.total != connection->used) return fail(connection, "bytes follow the answer");
  judge(connection, &message);
  connection->used = 0;
  if (message.close) reopen(connection);
  set_idle(connection);
}

static void wait_for_events(uint64_t until) {
  struct epoll_event ready[256];
  uint64_t now = now_ns(), left = until > now ? until - now : 0;
  struct timespec timeout = {(time_t)(left / 1000000000ULL), (long)(left % 1000000000ULL)};
  int count = epoll_pwait2(poller, ready, 256, &timeout, NULL);
  if (count < 0 && errno != EINTR) die("epoll_pwait2");
  for (int i = 0; i < count; i++) receive(ready[i].data.ptr);
}

static void run(void) {
  uint64_t start = now_ns();
  arrivals_start(&arrivals, settings.plan, start, settings.first_id);
  for (;;) {
    uint64_t now = now_ns();
    send_due(now);
    int over = arrivals_over(&arrivals, now) || outcome.errors + outcome.wrong >= MAX_FAILURES;
    if (over && busy_count == 0) break;
    if (now >= arrivals.give_up) break;
    uint64_t wake = over ? arrivals.give_up : arrivals_wake(&arrivals);
    wait_for_events(wake < arrivals.give_up ? wake : arrivals.give_up);
  }
  for (int i = 0; i < settings.connections; i++) {
    if (connections[i].busy)
      outcome_error(&outcome, "no answer in time", (struct span){connections[i].answer, connections[i].used});
  }
  outcome.lost = arrivals_left(&arrivals);
  outcome.seconds = (double)(now_ns() - start) / 1e9;
}

static struct span read_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  char *bytes = malloc(MAX_ANSWER);
  if (!bytes) die("memory");
  size_t length = fread(bytes, 1, MAX_ANSWER, file);
  fclose(file);
  return (struct span){bytes, length};
}

static int usage(void) {
  fprintf(stderr, "usage: generator --port N --request FILE --marker FILE --connections N --first-id N\n"
                  "       (--count N | --duration-ms N) --timeout-ms N [--rate N]\n");
  return 2;
}

static int read_settings(int argc, char **argv) {
  settings = (struct settings){0};
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    uint64_t number = strtoull(value, NULL, 10);
    if (!strcmp(name, "--port")) settings.port = (int)number;
    else if (!strcmp(name, "--request")) settings.request = read_file(value);
    else if (!strcmp(name, "--marker")) settings.marker = read_file(value);
    else if (!strcmp(name, "--connections")) settings.connections = (int)number;
    else if (!strcmp(name, "--first-id")) settings.first_id = number;
    else if (!strcmp(name, "--count")) settings.plan.count = number;
    else if (!strcmp(name, "--duration-ms")) settings.plan.duration = number * 1000000ULL;
    else if (!strcmp(name, "--timeout-ms")) settings.plan.timeout = number * 1000000ULL;
    else if (!strcmp(name, "--rate")) settings.plan.rate = (double)number;
    else return 0;
  }
  if (!settings.request.at || !settings.marker.len || settings.first_id < 1000000000ULL) return 0;
  settings.id_place = memmem(settings.request.at, settings.request.len, "@@@@@@@@@@", ID_DIGITS);
  return settings.id_place && settings.port && settings.connections > 0 &&
         settings.connections <= MAX_CONNECTIONS && settings.plan.timeout &&
         (settings.plan.count != 0) != (settings.plan.duration != 0);
}

int main(int argc, char **argv) {
  if (argc % 2 == 0 || !read_settings(argc, argv)) return usage();
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1000UL);
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc((size_t)settings.connections, sizeof *connections);
  if (!connections) die("memory");
  for (int i = 0; i < settings.connections; i++) {
    open_connection(&connections[i]);
    set_idle(&connections[i]);
  }
  run();
  outcome_print(&outcome);
  return 0;
}
