/* What filter.c makes of its lists. */
	.section .rodata
	.macro filter name
	.balign 8
	.globl filter_\name
	.hidden filter_\name
filter_\name:
	.incbin "\name\().bpf"
	.globl filter_\name\()_end
	.hidden filter_\name\()_end
filter_\name\()_end:
	.endm
	filter reader
	filter service
	filter form
	.section .note.GNU-stack,"",@progbits
