#ifndef NET_HTTPDATE_H
#define NET_HTTPDATE_H

#define HTTPDATE_NONE	(-1LL)

/*
 * The value of a Date header as Unix time; HTTPDATE_NONE unless it is an
 * IMF-fixdate (RFC 9110, 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT", since 1970.
 */
long long httpdate_parse(const char *s);

#endif
