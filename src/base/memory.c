#include "base/memory.h"

static _Thread_local bool lost;

void
memory_lost(void)
{
	lost = true;
}

bool
memory_was_lost(void)
{
	const bool was = lost;

	lost = false;
	return was;
}
