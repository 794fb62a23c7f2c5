#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include "cli/opt.h"
#include "net/elig.h"

/* Which service to ask and as whom, as the options have it. */
struct service_options {
	const char	*url, *client_cert, *client_key, *ca;
};

#define SERVICE_OPTION_COUNT	4
#define SERVICE_OPTIONS(o)								\
	{ OPT_STRING, "service", "URL", &(o)->url, T("資格確認サービス(なしは offline)", "the service (offline for none)") }, \
	{ OPT_STRING, "client-cert", "PEM", &(o)->client_cert, T("医療機関の証明書", "the clinic's certificate") }, \
	{ OPT_STRING, "client-key", "PEM", &(o)->client_key, T("医療機関の鍵", "the clinic's key") }, \
	{ OPT_STRING, "ca", "PEM", &(o)->ca, T("サービスの認証局", "the service's CA") }

/* Is there none on purpose? */
bool	service_is_offline(const struct service_options *o);

/*
 * Once, before the service is asked for the first time and before any thread:
 * from then on this process can reach no socket of this machine, and start
 * nothing but, with helpers, our own helper programs (sandbox/sandbox.h).
 */
int	service_confine(bool helpers, struct err *e);

/* ERR_CONFIG when something is missing. */
int	service_of(const struct service_options *o, struct elig_service *out, struct err *e);

#endif
