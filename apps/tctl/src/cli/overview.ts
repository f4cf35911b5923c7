import { families } from '../table/commands.ts';
import { version } from '../version.ts';
import { type Row, section } from './help.ts';

/** What `tctl --help` prints. */
export function overview(columns = 110): string {
  const width = Math.min(columns, 110);
  const parts = Object.entries(families).map(([heading, commands]) =>
    section(
      heading,
      Object.entries(commands).map(([name, { summary }]): Row => [name, summary]),
      width,
    ),
  );
  return `tctl ${version}: containers for Linux

Usage: tctl COMMAND [OPTIONS]
       tctl [OPTIONS]             the dashboard; tctl --demo to try it

${parts.join('\n\n')}

tctl COMMAND --help tells more, man tctl everything; tctl completion makes your shell know all that.
`;
}
