/* The style of the report as it stands, so that what is tried in a browser is what runs. */
	.section .rodata
	.globl report_css
	.hidden report_css
report_css:
	.incbin "src/batch/report.css"
	.globl report_css_end
	.hidden report_css_end
report_css_end:
	.byte 0
	.section .note.GNU-stack,"",@progbits
