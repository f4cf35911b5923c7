/** Sitting at a container that goes on without us: `tctl attach`, `tctl start -a`. */
import type { Attachment, Container } from '@tc/core';
import { ownSize, rawTerminal, type Seat, sit } from '@tc/core/terminal';
import { exitCodes, signalCode } from '../cli/exit-code.ts';
import { writeError } from '../cli/output.ts';
import { onSignals } from '../cli/signals.ts';
import { type Attachments, connect } from './connect.ts';
import { needTerminal } from './need-terminal.ts';
import { printLog } from './print-log.ts';
import { reportEnding } from './report-ending.ts';

export interface AttachTo {
  /** Whether stdin goes to it, where it takes any. */
  readonly interactive: boolean;
  readonly keys: Uint8Array;
  /** What it wrote from then on is shown first. */
  readonly since?: Date;
}

/** @returns its exit code, or 0 where somebody has detached */
export async function attachTo(container: Container, options: AttachTo): Promise<number> {
  const { keys, since } = options;
  const { tty } = await container.inspect();
  if (tty && options.interactive) needTerminal();
  const giveUp = new AbortController();
  const exit = container.wait({ signal: giveUp.signal });
  exit.catch(() => {});
  try {
    const attachments = await connect(container, tty, since === undefined ? {} : { replay: since });
    if (attachments === undefined) {
      await printLog(container, since === undefined ? {} : { since });
      return reportEnding(await exit);
    }
    const interactive = options.interactive && (tty || (await takesInput(attachments[0])));
    const leave = new AbortController();
    let leftBy: NodeJS.Signals | undefined;
    using _signals = onSignals((signal) => {
      // As docker attach: what has no terminal gets our signals; what has one gets its keys.
      const isOurs = signal === 'SIGHUP' || (tty && signal === 'SIGTERM');
      if (!isOurs) return void container.kill(signal).catch(() => {});
      leftBy = signal;
      leave.abort();
    });
    using raw = tty && interactive ? rawTerminal(0) : undefined;
    if (tty) redraw(attachments[0]);
    const left = await sit(seatOf(attachments, tty), { interactive, detachKeys: keys, signal: leave.signal });
    raw?.[Symbol.dispose]();
    for (const attachment of attachments) attachment.detach();
    if (leftBy !== undefined) return signalCode(leftBy);
    if (left === 'gone') return exitCodes.failed;
    if (left === 'ended') return reportEnding(await exit);
    writeError('read escape sequence\n');
    return 0;
  } finally {
    giveUp.abort();
  }
}

async function takesInput(attachment: Attachment): Promise<boolean> {
  return attachment.write('').then(
    () => true,
    () => false,
  );
}

/** A shell writes its prompt again when the size changes; what it wrote before, somebody else has seen. */
function redraw(attachment: Attachment): void {
  const size = ownSize();
  if (size === undefined) return;
  try {
    attachment.resize({ ...size, rows: size.rows < 0xffff ? size.rows + 1 : size.rows - 1 });
  } catch {
    // It has just ended.
  }
}

function seatOf([first, second]: Attachments, tty: boolean): Seat {
  return {
    output: first.output,
    ...(second === undefined ? {} : { errorOutput: second.output }),
    write: (bytes) => first.write(bytes),
    ...(tty && { resize: (size) => first.resize(size) }),
  };
}
