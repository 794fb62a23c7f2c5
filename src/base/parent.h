#ifndef BASE_PARENT_H
#define BASE_PARENT_H

/*
 * The socket that shikaku gave to a program of its own: "--socket FD", of
 * SOCK_SEQPACKET.  -1 when this is not how it was started.
 */
int	parent_socket(int argc, char **argv);

#endif
