import { spawn } from 'node:child_process';

/** Runs all commands at once. @returns milliseconds until the last has exited. @throws unless all exit with 0 */
export async function timeCommands(commands: readonly (readonly string[])[]): Promise<number> {
  const start = performance.now();
  const codes = await Promise.all(commands.map((command) => exitOf(command)));
  const ms = performance.now() - start;
  const failed = codes.findIndex((code) => code !== 0);
  if (failed !== -1) throw new Error(`exit code ${codes[failed]}: ${commands[failed]?.join(' ')}`);
  return ms;
}

function exitOf([file = '', ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
