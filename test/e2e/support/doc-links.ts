/** The links of a page to files of the repository and to headings. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repository } from './command.ts';

/** @returns those that lead nowhere */
export function brokenLinks(page: string): string[] {
  const text = withoutCode(readFileSync(join(repository, page), 'utf8'));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(repository, join(repository, dirname(page), path));
  if (!existsSync(join(repository, target))) return false;
  if (anchor === undefined) return true;
  return anchorsOf(readFileSync(join(repository, target), 'utf8')).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

const withoutCode = (text: string) => text.replaceAll(/^```.*?^```$/gms, '');
