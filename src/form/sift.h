#ifndef FORM_SIFT_H
#define FORM_SIFT_H

#include "form/pen.h"
#include "form/sheet.h"

/* Puts 〓 for every character that no font has, and counts them in the blocks' lost. */
void	sift(struct sheet *s, struct pen *p);

#endif
