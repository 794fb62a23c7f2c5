/* store-probe STORE KEY KIND DAYS [REF]: adds an entry that is as many days old. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/key.h"
#include "store/store.h"

int
main(int argc, char **argv)
{
	static const char text[] = "{}";
	struct store_entry n = { .patient = "P1", .text = { (const uint8_t *)text, 2 } };
	struct err e = ERR_INIT;
	struct secret master;
	struct store *s;

	if (argc < 5)
		return 2;
	n.kind = (enum store_kind)atoi(argv[3]);
	n.at = (long long)time(NULL) - 86400LL * atoll(argv[4]);
	n.ref = argc > 5 ? atoll(argv[5]) : 0;
	if (key_read(argv[2], NULL, &master, &e) < 0 ||
	    store_open(&s, argv[1], &master, &e) < 0 || store_add(s, &n, NULL, &e) < 0) {
		fprintf(stderr, "store-probe: %s\n", e.msg);
		return 1;
	}
	store_close(s);
	secret_free(&master);
	return 0;
}
