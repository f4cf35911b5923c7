import { spawn } from 'node:child_process';

/** Runs all commands at once. @returns milliseconds until the last has exited. @throws unless all exit with 0 */
export function timeCommands(commands: readonly (readonly string[])[]): Promise<number> {
  return timeSequences(commands.map((command) => [command]));
}

/** As `timeCommands`, with several commands one after the other instead of each. */
export async function timeSequences(sequences: readonly (readonly (readonly string[])[])[]): Promise<number> {
  const start = performance.now();
  await Promise.all(
    sequences.map(async (commands) => {
      for (const command of commands) await succeed(command);
    }),
  );
  return performance.now() - start;
}

function succeed(command: readonly string[]): Promise<void> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`exit code ${code}: ${command.join(' ')}`));
    });
  });
}
