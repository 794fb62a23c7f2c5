/* The rule file as it stands, so that what is reviewed is what runs. */
	.section .rodata
	.balign 16
	.globl rules_json
	.hidden rules_json
rules_json:
	.incbin "src/rules/rules.json"
	.globl rules_json_end
	.hidden rules_json_end
rules_json_end:
	.byte 0
	.section .note.GNU-stack,"",@progbits
