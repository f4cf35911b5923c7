/** Descriptors that one process of a launch hands to another: unix(7), SCM_RIGHTS. */
import { miscConstants } from '@tc/linux';
import { address, at, buffer, flags, load, NULL, number, words } from '../data.ts';
import type { Operand, Place } from '../program.ts';
import type { CommandContext } from './context.ts';

export function makeSocketPair({ p }: CommandContext, first: Place, second: Place, why: string): void {
  const ends = buffer(8, '[first, second]');
  const type = flags(miscConstants, 'SOCK_STREAM', 'SOCK_CLOEXEC');
  p.call('socketpair', [flags(miscConstants, 'AF_UNIX'), type, 0, address(ends)], {
    what: 'make a socket pair',
    why,
  });
  p.compute(first, load(at(ends)), 'and', 0xffffffff);
  p.compute(second, load(at(ends)), 'shr', 32);
}

/** struct msghdr with one byte of data and room for one descriptor: sendmsg(2), cmsg(3). */
function message() {
  const { SOL_SOCKET, SCM_RIGHTS } = miscConstants;
  const vector = words([address(buffer(8, 'byte')), number(1)], '[{iov_len=1}]');
  const rights = number(SOL_SOCKET + SCM_RIGHTS * 2 ** 32, 'SOL_SOCKET, SCM_RIGHTS');
  const control = words([number(20), rights, number(0)], '{SOL_SOCKET, SCM_RIGHTS}');
  const fields = [
    NULL,
    number(0),
    address(vector),
    number(1),
    address(control),
    number(control.size),
    number(0),
  ];
  return { header: words(fields, '{msg_control={SCM_RIGHTS}}'), descriptor: at(control, 16) };
}

export function passDescriptor({ p }: CommandContext, socket: Place, fd: Operand, what: string): void {
  const { header, descriptor } = message();
  p.set(descriptor, fd);
  p.call('sendmsg', [load(socket), address(header), flags(miscConstants, 'MSG_NOSIGNAL')], { what });
}

export function receiveDescriptor({ p }: CommandContext, socket: Place, into: Place, what: string): void {
  const { header, descriptor } = message();
  p.call('recvmsg', [load(socket), address(header), flags(miscConstants, 'MSG_CMSG_CLOEXEC')], { what });
  p.compute(into, load(descriptor), 'and', 0xffffffff);
}
