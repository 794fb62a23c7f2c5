/*
 * Runs a fuzz target over every file named, or in every directory named: the
 * corpus as a regression test, without a fuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long files;

static void
replay(const char *path)
{
	struct stat st;
	uint8_t *p;
	FILE *f = fopen(path, "rb");

	if (f == NULL || fstat(fileno(f), &st) < 0) {
		perror(path);
		exit(1);
	}
	/* exactly as large as the input, so that a sanitizer sees the end */
	p = malloc((size_t)st.st_size + (st.st_size == 0));
	if (p == NULL || fread(p, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		perror(path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(p, (size_t)st.st_size);
	free(p);
	files++;
}

static void
replay_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[4096];

	if (d == NULL) {
		replay(dir);
		return;
	}
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
			replay(path);
		}
	closedir(d);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay_all(argv[i]);
	printf("%ld inputs\n", files);
	return files == 0;
}
