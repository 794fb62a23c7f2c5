#ifndef READER_SERVE_H
#define READER_SERVE_H

#include "reader/session.h"

/*
 * The talk with the parent: one JSON object a packet (SOCK_SEQPACKET), each
 * request answered by {"ok":{...}} or {"error":{"code","message","tries_left"}}.
 * Bytes are lower-case hexadecimal.
 *
 *	{"op":"readers"}
 *		ok: {"readers":[{"name","present"}]}
 *	{"op":"open","reader":S|null,"card":FILE|null,"trace":FILE|null,"wait_ms":N}
 *		ok: {"reader","token","tries_left","no_sign_certificate","needs_pin","certificate"}
 *	{"op":"pin","prompt":S}		from the terminal
 *	{"op":"pin"}			from the descriptor that comes with the packet
 *	{"op":"verify","last_try":B}	the PIN is gone afterwards, whatever the answer
 *	{"op":"sign","origin","challenge","institution","time"}
 *		ok: {"signature"}
 *	{"op":"close"}
 *	{"op":"removed","wait_ms":N}	waits until the card was taken away
 */
#define SERVE_PACKET_MAX	16384	/* bytes; a certificate in hexadecimal is 8192 */

/* Answers requests until the parent hangs up or SIGTERM. */
void	serve(int parent, struct session *s);

#endif
