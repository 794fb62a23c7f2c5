#include "base/parent.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int
parent_socket(int argc, char **argv)
{
	socklen_t len = sizeof(int);
	char *end = NULL;
	int type = 0;
	long fd;

	if (argc != 3 || strcmp(argv[1], "--socket") != 0)
		return -1;
	fd = strtol(argv[2], &end, 10);
	if (end == argv[2] || *end != '\0' || fd < 0 || fd > 1 << 20)
		return -1;
	if (getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 || type != SOCK_SEQPACKET)
		return -1;
	return (int)fd;
}
