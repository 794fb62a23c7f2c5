/*
 * LD_PRELOAD for tests/alloc: memory runs out at one call, or from one call on.
 *
 *	ALLOC_PROGRAM=NAME	the process to do it in; its children and others are left alone
 *	ALLOC_STATE=FILE	struct state: the calls so far, those that failed, who asked first
 *	ALLOC_FAIL=N		call N fails (the first is 1); without it they are only counted
 *	ALLOC_PATH=P		the first call that was reached as P says, whatever its number: in the
 *				next run a library may do things in another order; ALLOC_FAIL counts
 *				the calls of its thread then, since threads take turns as they like
 *	ALLOC_NEAR=N		looks for it this many calls before and after that one
 *	ALLOC_ON=1		and so does every later one
 *	ALLOC_OWN=1		counts only what the program itself asks for, not its libraries
 *	ALLOC_PATHS=FILE	struct way of each call
 *
 * A call is malloc, calloc, realloc and what asks for aligned memory, and an anonymous mmap; what
 * libc's other functions (getline, asprintf, fopen, dlopen ...) ask for comes through these.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES	24
#define SMALL	8192	/* bytes: what dlsym() itself may ask for */

struct state {
	atomic_long	calls;
	atomic_long	failed;
	char		who[240];	/* the first that failed */
};

struct way {
	uint64_t	path;	/* equal where the same functions led to it */
	int64_t		call;	/* of its thread; the first is 1 */
};

static struct state *state;
static long fail_at;
static uint64_t fail_path;	/* 0: by its number alone */
static long near;
static int on, own, paths = -1;
static uintptr_t program, program_end;
static void *this_file;
static _Thread_local int inside;	/* a call that this file itself makes */
static _Thread_local long thread_calls;

static _Alignas(16) char small[SMALL];
static size_t small_used;

static int
is_small(const void *p)
{
	return (const char *)p >= small && (const char *)p < small + SMALL;
}

static void *
small_new(size_t n)
{
	char *p = small + small_used;

	n = (n + 15) & ~(size_t)15;
	if (n > SMALL - small_used)
		abort();
	small_used += n;
	return p;
}

/* The next function of that name: libc's, or the sanitizer's.  dlsym() may come back here, which its header denies. */
#define REAL(name)						\
	static __typeof__(name) *volatile real;			\
	static volatile int asking;				\
								\
	if (real == NULL && !asking) {				\
		asking = 1;					\
		real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); \
		asking = 0;					\
	}

static int
find_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_LOAD && (h->p_flags & PF_X) != 0) {
			program = info->dlpi_addr + h->p_vaddr;
			program_end = program + h->p_memsz;
		}
	}
	return 1;	/* the program comes first */
}

__attribute__((constructor)) static void
begin(void)
{
	const char *name = getenv("ALLOC_PROGRAM"), *file = getenv("ALLOC_STATE");
	const char *n = getenv("ALLOC_FAIL"), *log = getenv("ALLOC_PATHS"), *path = getenv("ALLOC_PATH");
	const char *window = getenv("ALLOC_NEAR");
	void *frame[FRAMES];
	struct dl_find_object here;
	int fd;

	if (name == NULL || file == NULL || strcmp(name, program_invocation_short_name) != 0)
		return;
	inside = 1;
	fail_at = n != NULL ? atol(n) : 0;
	fail_path = path != NULL ? strtoull(path, NULL, 10) : 0;
	near = window != NULL ? atol(window) : 0;
	on = getenv("ALLOC_ON") != NULL;
	own = getenv("ALLOC_OWN") != NULL;
	dl_iterate_phdr(find_program, NULL);
	if (_dl_find_object((void *)begin, &here) == 0)
		this_file = here.dlfo_map_start;
	if (log != NULL && (paths = open(log, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
		abort();
	if (log != NULL || fail_path != 0)
		backtrace(frame, FRAMES);	/* it loads a library at its first use */
	if ((fd = open(file, O_RDWR | O_CLOEXEC)) < 0)
		abort();
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (state == MAP_FAILED)
		abort();
	inside = 0;
}

/* Of the functions that led to a call, wherever their files were loaded. */
static uint64_t
path_here(void)
{
	void *frame[FRAMES];
	uint64_t sum = 0xcbf29ce484222325u;
	struct dl_find_object file;
	int n;

	inside = 1;
	n = backtrace(frame, FRAMES);
	for (int i = 0; i < n; i++) {
		uintptr_t at = (uintptr_t)frame[i];

		if (_dl_find_object(frame[i], &file) == 0) {
			if (file.dlfo_map_start == this_file)
				continue;
			at -= (uintptr_t)file.dlfo_map_start;
		}
		sum = (sum ^ at) * 0x100000001b3u;
	}
	inside = 0;
	return sum;
}

static void
note_path(void)
{
	const struct way way = { path_here(), thread_calls };

	if (write(paths, &way, sizeof(way)) != sizeof(way))
		abort();
}

static bool
is_its_turn(long call)
{
	if (fail_at == 0)
		return false;
	if (on && atomic_load(&state->failed) > 0)
		return true;
	if (fail_path == 0)
		return on ? call >= fail_at : call == fail_at;
	return atomic_load(&state->failed) == 0 &&
	    labs(thread_calls - fail_at) <= near && path_here() == fail_path;
}

static void
note_who(const char *what, void *caller)
{
	const char *slash;
	Dl_info d;

	if (dladdr(caller, &d) == 0 || d.dli_fname == NULL)
		return;
	slash = strrchr(d.dli_fname, '/');
	snprintf(state->who, sizeof(state->who), "%s in %s+0x%lx (%s)", what,
	    slash != NULL ? slash + 1 : d.dli_fname,
	    (unsigned long)((uintptr_t)caller - (uintptr_t)d.dli_fbase),
	    d.dli_sname != NULL ? d.dli_sname : "?");
}

/* Counts a call: does it fail? */
static int
fails(const char *what, void *caller)
{
	const int saved = errno;
	long call;

	if (state == NULL || inside ||
	    (own && ((uintptr_t)caller < program || (uintptr_t)caller >= program_end)))
		return 0;
	call = atomic_fetch_add(&state->calls, 1) + 1;
	thread_calls++;
	if (paths >= 0)
		note_path();
	if (!is_its_turn(call)) {
		errno = saved;
		return 0;
	}
	if (atomic_fetch_add(&state->failed, 1) == 0) {
		inside = 1;
		note_who(what, caller);
		inside = 0;
	}
	errno = ENOMEM;
	return 1;
}

#define FAILS(what)	fails(what, __builtin_return_address(0))

void *
malloc(size_t n)
{
	REAL(malloc)

	if (FAILS("malloc"))
		return NULL;
	return real != NULL ? real(n) : small_new(n);
}

void *
calloc(size_t n, size_t size)
{
	REAL(calloc)

	if (FAILS("calloc"))
		return NULL;
	return real != NULL ? real(n, size) : small_new(n * size);
}

void *
realloc(void *p, size_t n)
{
	REAL(realloc)
	void *q;

	/* less is always there */
	if (n > 0 && FAILS("realloc"))
		return NULL;
	if (real != NULL && !is_small(p))
		return real(p, n);
	if ((q = small_new(n)) != NULL && p != NULL)
		memcpy(q, p, (size_t)(small + SMALL - (char *)p) < n ?
		    (size_t)(small + SMALL - (char *)p) : n);
	return q;
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	REAL(reallocarray)

	if (n > 0 && FAILS("reallocarray"))
		return NULL;
	inside++;	/* it may come back as realloc */
	p = real(p, n, size);
	inside--;
	return p;
}

void
free(void *p)
{
	REAL(free)

	if (real != NULL && !is_small(p))
		real(p);
}

char *
strdup(const char *s)
{
	const size_t n = strlen(s) + 1;
	REAL(malloc)
	char *p;

	if (FAILS("strdup"))
		return NULL;
	if ((p = real != NULL ? real(n) : small_new(n)) != NULL)
		memcpy(p, s, n);
	return p;
}

int
posix_memalign(void **out, size_t align, size_t n)
{
	REAL(posix_memalign)

	return FAILS("posix_memalign") ? ENOMEM : real(out, align, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
	REAL(aligned_alloc)

	return FAILS("aligned_alloc") ? NULL : real(align, n);
}

/* Anonymous memory: what libsodium guards a secret with. */
void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	REAL(mmap)

	if ((flags & MAP_ANONYMOUS) != 0 && (flags & MAP_FIXED) == 0 && FAILS("mmap"))
		return MAP_FAILED;
	return real(at, n, prot, flags, fd, offset);
}
