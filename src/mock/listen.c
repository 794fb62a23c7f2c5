#include "mock/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG	512

/* Cuts "ADDR:PORT" in two; brackets round an IPv6 address go. */
static int
split(const char *spec, char host[static LISTEN_TEXT], const char **port)
{
	const char *colon = strrchr(spec, ':');
	size_t n = colon != NULL ? (size_t)(colon - spec) : 0;
	const bool brackets = n > 2 && spec[0] == '[' && spec[n - 1] == ']';

	if (n == 0 || n >= LISTEN_TEXT || colon[1] == '\0' ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) || strlen(colon + 1) > 5 ||
	    atoi(colon + 1) > UINT16_MAX)
		return -1;
	if (!brackets && memchr(spec, ':', n) != NULL)
		return -1;
	snprintf(host, LISTEN_TEXT, "%.*s", (int)(brackets ? n - 2 : n), spec + brackets);
	*port = colon + 1;
	return 0;
}

static bool
is_loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;

	if (a->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static int
resolve(const char *spec, struct sockaddr_storage *a, socklen_t *n, struct err *e)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char host[LISTEN_TEXT];
	const char *port;
	int rc = EAI_NONAME;

	if (split(spec, host, &port) == 0)
		rc = getaddrinfo(host, port, &hints, &found);
	if (rc == EAI_MEMORY || (rc == EAI_SYSTEM && errno == ENOMEM))
		return err_set(e, ERR_NOMEM, "out of memory");
	if (rc != 0)
		return err_set(e, ERR_USAGE, "--listen: \"%.80s\" is not ADDR:PORT", spec);
	memcpy(a, found->ai_addr, found->ai_addrlen);
	*n = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int
open_socket(const struct sockaddr_storage *a, socklen_t n)
{
	const int one = 1;
	int fd = socket(a->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)a, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
describe(struct listener *l)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof(a);
	char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "0";

	getsockname(l->fd, (struct sockaddr *)&a, &n);
	getnameinfo((struct sockaddr *)&a, n, host, sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(l->host, sizeof(l->host), a.ss_family == AF_INET6 ? "[%.70s]" : "%.70s", host);
	(void)sscanf(port, "%5d", &l->port);
}

int
listen_open(struct listener *l, const char *spec, bool only_loopback, struct err *e)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = 0;

	*l = (struct listener){ .fd = -1 };
	if (resolve(spec, &a, &n, e) < 0)
		return -1;
	l->loopback = is_loopback(&a);
	if (only_loopback && !l->loopback)
		return err_set(e, ERR_CONFIG, "--plain only listens on loopback");
	if ((l->fd = open_socket(&a, n)) < 0)
		return err_set(e, ERR_CONFIG, "--listen %.80s: %s", spec, strerror(errno));
	describe(l);
	return 0;
}
