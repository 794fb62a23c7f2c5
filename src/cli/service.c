#include "cli/service.h"

#include <string.h>

#include "desk/launcher.h"
#include "sandbox/sandbox.h"

bool
service_is_offline(const struct service_options *o)
{
	return o->url != NULL && strcmp(o->url, "offline") == 0;
}

int
service_confine(bool helpers, struct err *e)
{
	if (helpers && launcher_begin(e) < 0)
		return -1;
	return sandbox_enter(SANDBOX_SERVICE, e);
}

int
service_of(const struct service_options *o, struct elig_service *out, struct err *e)
{
	if (o->url == NULL)
		return err_set(e, ERR_CONFIG, "no service is configured (\"offline\" for none)");
	if (o->client_cert == NULL || o->client_key == NULL || o->ca == NULL)
		return err_set(e, ERR_CONFIG, "client-cert, client-key and ca are needed");
	*out = (struct elig_service){
		.url = o->url, .client_cert = o->client_cert, .client_key = o->client_key,
		.ca = o->ca,
	};
	return 0;
}
