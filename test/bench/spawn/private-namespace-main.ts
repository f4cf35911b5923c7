// What runs inside PrivateNamespace: times the commands that it is sent, until its parent hangs up.
import { timeCommands } from './time-commands.ts';

process.on('message', (commands: string[][]) => {
  timeCommands(commands).then(
    (ms) => process.send?.(ms),
    (error: Error) => process.send?.(error.message),
  );
});
