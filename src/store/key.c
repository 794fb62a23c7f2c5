#include "store/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"

#define MAGIC		"shikaku-key-1 "
#define PLAIN		MAGIC "plain "
#define ARGON		MAGIC "argon2id "
#define SEALED_LEN	(SEAL_KEY_LEN + SEAL_OVERHEAD)
#define LINE_MAX_LEN	256	/* bytes; the longest is 201 */

static const struct span bound_to = { (const uint8_t *)MAGIC, sizeof(MAGIC) - 1 };

static struct span
span_of(const struct secret *s)
{
	return (struct span){ s->p, s->n };
}

static int
add_sealed(struct buf *b, const struct secret *passphrase, const struct secret *master,
    struct err *e)
{
	uint8_t salt[SEAL_SALT_LEN];
	char hex[2 * SEALED_LEN + 1];
	struct buf sealed = BUF_INIT;
	struct secret key;
	int rc = -1;

	if (secret_new(&key, SEAL_KEY_LEN, e) < 0)
		return -1;
	secret_random(salt, sizeof(salt));
	if (seal_passphrase(span_of(passphrase), salt, key.p, e) == 0) {
		seal_add(&sealed, key.p, bound_to, span_of(master));
		rc = sealed.n == SEALED_LEN ? 0 : err_set(e, ERR_NOMEM, "out of memory");
	}
	if (rc == 0) {
		hex_encode(salt, sizeof(salt), hex);
		buf_addf(b, ARGON "%s ", hex);
		hex_encode((const uint8_t *)sealed.p, SEALED_LEN, hex);
		buf_addf(b, "%s\n", hex);
	}
	buf_free(&sealed);
	secret_free(&key);
	return rc;
}

static void
add_plain(struct buf *b, const struct secret *master)
{
	char hex[2 * SEAL_KEY_LEN + 1];

	hex_encode(master->p, SEAL_KEY_LEN, hex);
	buf_addf(b, PLAIN "%s\n", hex);
	explicit_bzero(hex, sizeof(hex));
}

static int
write_file(const char *path, const struct buf *b, struct err *e)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if (b->failed || buf_write(b, fd) < 0 || fsync(fd) < 0) {
		err_set(e, b->failed ? ERR_NOMEM : ERR_DISK, "%s: %s", path, strerror(errno));
		close(fd);
		unlink(path);
		return -1;
	}
	close(fd);
	return folder_sync(path, e);
}

int
key_make(const char *path, const struct secret *passphrase, struct secret *master,
    struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	if (secret_new(master, SEAL_KEY_LEN, e) < 0)
		return -1;
	secret_random(master->p, SEAL_KEY_LEN);
	if (passphrase == NULL)
		add_plain(&b, master);
	else
		rc = add_sealed(&b, passphrase, master, e);
	if (rc == 0)
		rc = write_file(path, &b, e);
	buf_free(&b);
	if (rc < 0)
		secret_free(master);
	return rc;
}

/* The line without its end; *n is its length. */
static int
read_line(const char *path, char line[static LINE_MAX_LEN], struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = -1;
	int rc = -1;

	if (fd < 0 && errno == ENOENT)
		err_set(e, ERR_CONFIG, "%s: the key is not there: put back the copy that was kept apart",
		    path);
	else if (fd < 0 || fstat(fd, &st) < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		err_set(e, ERR_PERMISSION, "%s: mode %03o lets others at it, chmod 600", path,
		    st.st_mode & 0777u);
	else if ((n = read(fd, line, LINE_MAX_LEN - 1)) < 0)
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	else if (n == 0 || line[n - 1] != '\n' || memchr(line, '\0', (size_t)n) != NULL)
		err_set(e, ERR_INTEGRITY, "%s: not a key file", path);
	else
		rc = 0;
	if (rc == 0)
		line[n - 1] = '\0';
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
take_plain(const char *path, const char *hex, struct secret *master, struct err *e)
{
	if (secret_new(master, SEAL_KEY_LEN, e) < 0)
		return -1;
	if (hex_decode(hex, master->p, SEAL_KEY_LEN) == 0)
		return 0;
	secret_free(master);
	return err_set(e, ERR_INTEGRITY, "%s: not a key file", path);
}

static int
unseal(const char *path, const uint8_t *key, const uint8_t *sealed, struct secret *master,
    struct err *e)
{
	struct buf plain = BUF_INIT;
	int rc = -1;

	if (seal_open(&plain, key, bound_to, (struct span){ sealed, SEALED_LEN }) < 0 ||
	    plain.n != SEAL_KEY_LEN)
		plain.failed ? err_set(e, ERR_NOMEM, "out of memory") :
		    err_set(e, ERR_PERMISSION, "%s: not its passphrase", path);
	else if ((rc = secret_new(master, SEAL_KEY_LEN, e)) == 0)
		memcpy(master->p, plain.p, SEAL_KEY_LEN);
	buf_free(&plain);
	return rc;
}

static int
take_sealed(const char *path, const char *hex, const struct secret *passphrase,
    struct secret *master, struct err *e)
{
	char salt_hex[2 * SEAL_SALT_LEN + 1];
	uint8_t salt[SEAL_SALT_LEN], sealed[SEALED_LEN];
	struct secret key;
	int rc;

	snprintf(salt_hex, sizeof(salt_hex), "%.*s", 2 * SEAL_SALT_LEN, hex);
	if (strlen(hex) != 2 * SEAL_SALT_LEN + 1 + 2 * SEALED_LEN ||
	    hex[2 * SEAL_SALT_LEN] != ' ' || hex_decode(salt_hex, salt, sizeof(salt)) < 0 ||
	    hex_decode(hex + 2 * SEAL_SALT_LEN + 1, sealed, sizeof(sealed)) < 0)
		return err_set(e, ERR_INTEGRITY, "%s: not a key file", path);
	if (passphrase == NULL)
		return err_set(e, ERR_PERMISSION, "%s: its passphrase is needed", path);
	if (secret_new(&key, SEAL_KEY_LEN, e) < 0)
		return -1;
	rc = seal_passphrase(span_of(passphrase), salt, key.p, e);
	if (rc == 0)
		rc = unseal(path, key.p, sealed, master, e);
	secret_free(&key);
	return rc;
}

int
key_read(const char *path, const struct secret *passphrase, struct secret *master,
    struct err *e)
{
	char line[LINE_MAX_LEN];
	int rc = read_line(path, line, e);

	*master = (struct secret){ NULL, 0 };
	if (rc == 0 && strncmp(line, PLAIN, sizeof(PLAIN) - 1) == 0)
		rc = take_plain(path, line + sizeof(PLAIN) - 1, master, e);
	else if (rc == 0 && strncmp(line, ARGON, sizeof(ARGON) - 1) == 0)
		rc = take_sealed(path, line + sizeof(ARGON) - 1, passphrase, master, e);
	else if (rc == 0)
		rc = err_set(e, ERR_INTEGRITY, "%s: not a key file", path);
	explicit_bzero(line, sizeof(line));
	return rc;
}

int
key_wants_passphrase(const char *path, struct err *e)
{
	char line[LINE_MAX_LEN];
	int rc = read_line(path, line, e);

	if (rc == 0)
		rc = strncmp(line, ARGON, sizeof(ARGON) - 1) == 0;
	explicit_bzero(line, sizeof(line));
	return rc;
}
