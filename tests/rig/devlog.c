/* For LD_PRELOAD: whoever connects to /dev/log gets the socket DEV_LOG. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int	connect(int fd, const struct sockaddr *to, socklen_t len);

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	int (*const real)(int, const struct sockaddr *, socklen_t) =
	    (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
	const char *path = getenv("DEV_LOG");
	struct sockaddr_un a;

	if (to->sa_family != AF_UNIX || path == NULL ||
	    strcmp(((const struct sockaddr_un *)to)->sun_path, "/dev/log") != 0)
		return real(fd, to, len);
	a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return real(fd, (const struct sockaddr *)&a, sizeof(a));
}
