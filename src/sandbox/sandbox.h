#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "base/err.h"

/*
 * What a process of ours may ask of the kernel, from a moment on and for good:
 * filter.c has the lists, docs/sandbox.md says why.  A system call that is not on the list
 * ends the process by SIGSYS (SECCOMP_RET_KILL_PROCESS), or fails with ENOSYS
 * (SANDBOX_FORM); where the kernel has Landlock, files that may only be read
 * are guarded a second time.  What it starts later inherits it.
 *
 *	SANDBOX_READER	 shikaku-reader: sockets of this machine, files to be
 *			 read; no network, nothing written, nothing started
 *	SANDBOX_SERVICE	 shikaku where it asks the service: IPv4 and IPv6, its
 *			 files; no socket of this machine and so no pcscd, and
 *			 nothing started: desk/launcher.h
 *	SANDBOX_FORM	 shikaku-form: threads, files to be read; no socket,
 *			 nothing written but what is open, nothing started
 */
enum sandbox { SANDBOX_READER, SANDBOX_SERVICE, SANDBOX_FORM };

/*
 * -1 with ERR_INTERNAL where the kernel refuses: then nobody should go on.  A
 * build with a sanitizer, whose runtime asks for much more, is not confined: 0.
 */
int	sandbox_enter(enum sandbox which, struct err *e);

#endif
