// The interpreter of launch programs, for arm64. x86-64.s beside it is the commented original: the format of
// an instruction, of the control block, and the meaning of every number stand there.
//
// Registers: x19 the instruction, x20 the control block, w21 the indirection mask, w22 what to do.
// The kernel keeps all but x0 (arm64 syscall ABI), so these survive a call, and a clone too.

    .equ CONTROL, 0x600400
    .equ ARGS, 0
    .equ REPORT, 48
    .equ REPORT_FD, 56
    .equ ON_FAIL, 64
    .equ PROGRAM, CONTROL + 128

    .globl _start
_start:
    movz    x20, #(CONTROL & 0xffff)
    movk    x20, #(CONTROL >> 16), lsl #16
    add     x19, x20, #(PROGRAM - CONTROL)

step:
    ldrb    w21, [x19, #1]
    mov     x9, #0
argument:
    add     x10, x19, x9, lsl #3
    ldr     x11, [x10, #16]
    lsr     w12, w21, w9
    tbz     w12, #0, direct
    ldr     x11, [x11]
direct:
    str     x11, [x20, x9, lsl #3]
    add     x9, x9, #1
    cmp     x9, #6
    b.ne    argument

    ldp     x0, x1, [x20, #ARGS]
    ldp     x2, x3, [x20, #ARGS + 16]
    ldp     x4, x5, [x20, #ARGS + 32]
    ldrh    w8, [x19, #2]
    ldrb    w22, [x19]
    cmp     w22, #2
    b.eq    jump
    cmp     w22, #3
    b.eq    compute
    cmp     w22, #4
    b.eq    fail
    b.hi    decimal

    svc     #0
    ldr     x9, [x19, #8]
    str     x0, [x9]
    cbnz    w22, next               // unchecked
    cmn     x0, #4095               // the kernel returns -errno in -4095..-1
    b.lo    next
    neg     w0, w0
    ldr     w9, [x19, #4]
tolerated:
    cbz     w9, fail
    and     w10, w9, #0xff
    cmp     w0, w10
    b.eq    next
    lsr     w9, w9, #8
    b       tolerated

jump:                               // 0 equal, 1 not equal, 2 less than (signed)
    cmp     w8, #1
    b.eq    jump_not_equal
    b.hi    jump_less
    cmp     x0, x1
    b.eq    take
    b       next
jump_not_equal:
    cmp     x0, x1
    b.ne    take
    b       next
jump_less:
    cmp     x0, x1
    b.ge    next
take:
    ldr     w19, [x19, #4]
    b       step

compute:                            // 0 add, 1 and, 2 shift right, 3 subtract
    cmp     w8, #1
    b.eq    compute_and
    b.hi    compute_shift
    add     x0, x0, x1
    b       computed
compute_and:
    and     x0, x0, x1
    b       computed
compute_shift:
    cmp     w8, #2
    b.hi    compute_subtract
    lsr     x0, x0, x1
    b       computed
compute_subtract:
    sub     x0, x0, x1
computed:
    ldr     x9, [x19, #8]
    str     x0, [x9]
next:
    add     x19, x19, #64
    b       step

decimal:                            // x0: where the address to go on from is kept
    ldr     x9, [x0]
    mov     x10, x0
    mov     x0, #0
    mov     x12, #10
decimal_skip:
    ldrb    w11, [x9]
    cbz     w11, decimal_end
    add     x9, x9, #1
    sub     w11, w11, #'0'
    cmp     w11, #9
    b.hi    decimal_skip
decimal_digit:
    madd    x0, x0, x12, x11
    ldrb    w11, [x9]
    sub     w11, w11, #'0'
    cmp     w11, #9
    b.hi    decimal_end
    add     x9, x9, #1
    b       decimal_digit
decimal_end:
    str     x9, [x10]
    b       computed

fail:                               // w0: errno
    str     w0, [x20, #REPORT + 4]
    sub     x9, x19, x20
    sub     x9, x9, #(PROGRAM - CONTROL)
    lsr     x9, x9, #6
    str     w9, [x20, #REPORT]
    ldr     x0, [x20, #REPORT_FD]   // write(REPORT_FD, REPORT, 8)
    add     x1, x20, #REPORT
    mov     x2, #8
    mov     x8, #64
    svc     #0
    ldr     x19, [x20, #ON_FAIL]
    b       step
