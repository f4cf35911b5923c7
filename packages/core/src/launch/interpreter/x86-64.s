# The interpreter of launch programs, for x86-64. arm64.s beside it does the same, step for step.
#
# It is the whole text of the image that ../image.ts writes: a static ELF with this code (R-X) and one data
# segment (RW-) that starts with a control block, then the instructions, then what they point to.
# tools/assemble turns this file into bytes.ts; a test proves that they match.
#
# An instruction is 64 bytes:
#    0  u8   what to do: 0 call, checked   1 call, unchecked   2 jump   3 compute   4 fail   5 decimal
#    1  u8   indirection: bit i says that argument i is an address, and its value the 8 bytes there
#    2  u16  call: system call number     jump: condition     compute: operation
#    4  u32  call: up to four errno values that count as success, one a byte    jump: target address
#    8  u64  address that receives the result (8 bytes; the control block has a sink for unwanted ones)
#   16  u64  six arguments
#
# Registers: rbx the instruction, rbp the control block, r12 the indirection mask, r13 what to do.
# The kernel keeps all but rax, rcx and r11 (syscall(2)), so these survive a call, and a clone too.

    .intel_syntax noprefix
    .equ CONTROL, 0x600400          # must equal image.ts: where the data segment starts
    .equ ARGS, 0                    # six arguments, resolved
    .equ REPORT, 48                 # u32 instruction number, u32 errno
    .equ REPORT_FD, 56              # where a failure is written
    .equ ON_FAIL, 64                # the instruction to go on with after a failure
    .equ PROGRAM, CONTROL + 128     # the first instruction; +72..127: sink and spare

    .globl _start
_start:
    mov     ebp, CONTROL
    mov     ebx, PROGRAM

step:
    movzx   r12d, byte ptr [rbx + 1]
    xor     ecx, ecx
argument:
    mov     rax, [rbx + rcx * 8 + 16]
    bt      r12d, ecx
    jnc     direct
    mov     rax, [rax]
direct:
    mov     [rbp + rcx * 8 + ARGS], rax
    inc     ecx
    cmp     ecx, 6
    jne     argument

    mov     rdi, [rbp + ARGS]
    mov     rsi, [rbp + ARGS + 8]
    mov     rdx, [rbp + ARGS + 16]
    mov     r10, [rbp + ARGS + 24]
    mov     r8, [rbp + ARGS + 32]
    mov     r9, [rbp + ARGS + 40]
    movzx   eax, word ptr [rbx + 2]
    movzx   r13d, byte ptr [rbx]
    cmp     r13d, 2
    je      jump
    cmp     r13d, 3
    je      compute
    cmp     r13d, 4
    je      fail_with
    ja      decimal

    syscall
    call    store
    test    r13d, r13d
    jnz     next                    # unchecked
    cmp     rax, -4095              # the kernel returns -errno in -4095..-1
    jb      next
    neg     eax
    mov     edx, [rbx + 4]
tolerated:
    test    edx, edx
    jz      fail
    cmp     al, dl
    je      next
    shr     edx, 8
    jmp     tolerated

jump:                               # 0 equal, 1 not equal, 2 less than (signed)
    cmp     eax, 1
    je      jump_not_equal
    ja      jump_less
    cmp     rdi, rsi
    je      take
    jmp     next
jump_not_equal:
    cmp     rdi, rsi
    jne     take
    jmp     next
jump_less:
    cmp     rdi, rsi
    jge     next
take:
    mov     ebx, [rbx + 4]
    jmp     step

compute:                            # 0 add, 1 and, 2 shift right, 3 subtract
    cmp     eax, 1
    je      compute_and
    ja      compute_shift
    lea     rax, [rdi + rsi]
    jmp     computed
compute_and:
    mov     rax, rdi
    and     rax, rsi
    jmp     computed
compute_shift:
    cmp     eax, 2
    mov     rax, rdi
    ja      compute_subtract
    mov     ecx, esi
    shr     rax, cl
    jmp     computed
compute_subtract:
    sub     rax, rsi
computed:
    call    store
next:
    add     rbx, 64
    jmp     step

decimal:                            # the next number in a text; argument 0: where the address to go on from is kept
    mov     rsi, [rdi]
    xor     eax, eax
decimal_skip:
    movzx   ecx, byte ptr [rsi]
    test    ecx, ecx                # the text ends with a NUL; no more number in it counts as 0
    jz      decimal_end
    inc     rsi
    sub     ecx, '0'
    cmp     ecx, 9
    ja      decimal_skip
decimal_digit:
    lea     rax, [rax + rax * 4]
    lea     rax, [rcx + rax * 2]
    movzx   ecx, byte ptr [rsi]
    sub     ecx, '0'
    cmp     ecx, 9
    ja      decimal_end
    inc     rsi
    jmp     decimal_digit
decimal_end:
    mov     [rdi], rsi
    jmp     computed

store:
    mov     rdx, [rbx + 8]
    mov     [rdx], rax
    ret

fail_with:
    mov     eax, edi
fail:                               # eax: errno
    mov     [rbp + REPORT + 4], eax
    mov     eax, ebx
    sub     eax, PROGRAM
    shr     eax, 6
    mov     [rbp + REPORT], eax
    mov     eax, 1                  # write(REPORT_FD, REPORT, 8)
    mov     edi, [rbp + REPORT_FD]
    lea     rsi, [rbp + REPORT]
    mov     edx, 8
    syscall
    mov     rbx, [rbp + ON_FAIL]
    jmp     step
