#ifndef CLI_ANCHORS_H
#define CLI_ANCHORS_H

#include "card/x509.h"
#include "cli/opt.h"

/*
 * The trust anchors of cards in the files of --card-ca.  NULL with e set
 * (ERR_CONFIG, the file named) when one can not be used.
 */
struct x509_anchors *anchors_load(const struct opt_list *card_ca, struct err *e);

#endif
