/* The situations as they stand, so that what the tests decide is what is played. */
	.section .rodata
	.globl drill_json
	.hidden drill_json
drill_json:
	.incbin "src/desk/drill.json"
	.globl drill_json_end
	.hidden drill_json_end
drill_json_end:
	.byte 0
	.section .note.GNU-stack,"",@progbits
