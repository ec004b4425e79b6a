    .section .rodata
    .globl sluis_openapi
    .globl sluis_openapi_end
sluis_openapi:
    .incbin "gateway/edge/openapi.json"
sluis_openapi_end:
    .byte 0

    .section .note.GNU-stack,"",@progbits
