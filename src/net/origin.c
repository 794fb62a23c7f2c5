#include "net/origin.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_MAX	253	/* RFC 1035, in its written form */
#define LABEL_MAX	63

static int
refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_CONFIG, "service URL: %s", why);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters, digits and inner hyphens between single dots. */
static bool
is_name(const char *host)
{
	size_t label = 0;
	char before = '.';

	for (const char *p = host; *p != '\0'; before = *p++) {
		const bool dot = *p == '.', hyphen = *p == '-';

		if (!dot && !hyphen && !is_digit(*p) && !(*p >= 'a' && *p <= 'z'))
			return false;
		if ((dot || hyphen) && (before == '.' || (dot && before == '-')))
			return false;
		label = dot ? 0 : label + 1;
		if (label > LABEL_MAX)
			return false;
	}
	return before != '.' && before != '-';
}

/* What ends in a number is an address, whatever the resolver would make of it. */
static bool
ends_in_number(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last != NULL ? last + 1 : host;
	return is_digit(*last) && (strspn(last, "0123456789") == strlen(last) ||
	    strncmp(last, "0x", 2) == 0);
}

/* Rewrites host in its one spelling; an IPv6 address loses its brackets. */
static int
check_host(char host[static HOST_MAX + 1], bool v6, struct err *e)
{
	struct in6_addr a6;
	struct in_addr a4;

	if (v6) {
		if (inet_pton(AF_INET6, host, &a6) != 1)
			return refuse(e, "not an IPv6 address between the brackets");
		inet_ntop(AF_INET6, &a6, host, HOST_MAX + 1);
		return 0;
	}
	if (ends_in_number(host))
		return inet_pton(AF_INET, host, &a4) == 1 ? 0 :
		    refuse(e, "not an IPv4 address");
	return is_name(host) ? 0 : refuse(e, "not a host name");
}

/* The port, or -1; an empty rest is the scheme's own. */
static int
read_port(const char *s, size_t n, int scheme_port)
{
	int port = 0;

	if (n == 0)
		return scheme_port;
	if (s[0] != ':' || n < 2 || n > 6 || s[1] == '0')
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (!is_digit(s[i]))
			return -1;
		port = 10 * port + (s[i] - '0');
	}
	return port <= 65535 ? port : -1;
}

static bool
is_loopback(const char *host, bool v6)
{
	return v6 ? strcmp(host, "::1") == 0 :
	    strcmp(host, "localhost") == 0 ||
	    (strncmp(host, "127.", 4) == 0 && ends_in_number(host));
}

/* Lower-cases n bytes of s into host; the rest has been checked to fit. */
static void
take_host(const char *s, size_t n, char *host)
{
	for (size_t i = 0; i < n; i++)
		host[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + ('a' - 'A') : s[i]);
	host[n] = '\0';
}

static const char *
after_scheme(const char *url, bool plain, bool *http)
{
	*http = strncasecmp(url, "http://", 7) == 0;
	if (*http)
		return plain ? url + 7 : NULL;
	return strncasecmp(url, "https://", 8) == 0 ? url + 8 : NULL;
}

int
origin_of_url(const char *url, bool plain, char out[static ORIGIN_MAX], struct err *e)
{
	char host[HOST_MAX + 1];
	const char *at, *end, *slash;
	size_t n;
	bool http, v6;
	int port;

	if ((at = after_scheme(url, plain, &http)) == NULL)
		return refuse(e, "must begin with https://");
	slash = at + strcspn(at, "/?#");
	if (strcmp(slash, "") != 0 && strcmp(slash, "/") != 0)
		return refuse(e, "no path, query or fragment may follow the host");
	v6 = *at == '[';
	end = v6 ? strchr(at, ']') : at + strcspn(at, ":/");
	if (v6)
		at++;
	if (end == NULL || end > slash || end == at || (n = (size_t)(end - at)) > HOST_MAX)
		return refuse(e, "no host, or an impossible one");
	take_host(at, n, host);
	if (check_host(host, v6, e) < 0)
		return -1;
	end += v6;
	if ((port = read_port(end, (size_t)(slash - end), http ? 80 : 443)) < 0)
		return refuse(e, "bad port");
	if (http && !is_loopback(host, v6))
		return refuse(e, "http:// is for this machine only");
	snprintf(out, ORIGIN_MAX, "http%s://%s%s%s:%d", http ? "" : "s", v6 ? "[" : "", host,
	    v6 ? "]" : "", port);
	return 0;
}
