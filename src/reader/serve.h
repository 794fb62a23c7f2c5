#ifndef READER_SERVE_H
#define READER_SERVE_H

#include "reader/session.h"

/*
 * The talk with the parent: one JSON object a packet (SOCK_SEQPACKET), each
 * request answered by {"ok":{...}} or {"error":{"code","message","tries_left","pin_sent"}};
 * beside either, once a line of the APDU log could not be written, "trace_lost":true.
 * Bytes are lower-case hexadecimal.
 *
 *	{"op":"readers"}
 *		ok: {"readers":[{"name","present","exclusive","changes"}]}
 *	{"op":"watch","first":B}	the same once it has changed, with first at once
 *	{"op":"open","reader":S|null,"card":FILE|null,"wait_ms":N}
 *		with it the descriptor of an APDU log, or none
 *		ok: {"reader","token","tries_left","no_sign_certificate","needs_pin","certificate"}
 *	{"op":"inspect"}
 *		ok: {"text_ap","text_tries_left","sign","auth"}, the last two null if not told
 *	{"op":"pin","for":"auth"|"text","prompt":S}	from the terminal
 *	{"op":"pin","for":"auth"|"text"}	from the descriptor that comes with the packet
 *		ok: {"wide"}: there were full-width digits in it
 *	{"op":"verify","last_try":B}	the PIN is gone afterwards, whatever the answer
 *	{"op":"sign","purpose":"enquiry"|"registration","origin","challenge","institution","time"}
 *		ok: {"signature"}
 *	{"op":"person","last_try":B}	the PIN for "text" is gone afterwards, too
 *		ok: {}, a NUL, and the object FF20: a name goes through no JSON and no log
 *	{"op":"close"}
 */
#define SERVE_PACKET_MAX	16384	/* bytes; a certificate in hexadecimal is 8192 */

/* Answers requests until the parent hangs up or SIGTERM. */
void	serve(int parent, struct session *s);

#endif
