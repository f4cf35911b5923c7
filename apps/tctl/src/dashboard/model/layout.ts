export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Below this there is nothing that makes sense. */
export const smallest: Size = { columns: 60, rows: 15 };

export interface MainLayout {
  /** The title bar and the meters. */
  readonly headerRows: number;
  /** The table without its heading. */
  readonly bodyRows: number;
}

/** The heading of the table, the line of messages, and the keys. */
const otherRows = 3;

export function layoutMain({ rows }: Size): MainLayout {
  const headerRows = rows >= 22 ? 4 : 3;
  return { headerRows, bodyRows: Math.max(1, rows - headerRows - otherRows) };
}

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < smallest.columns || rows < smallest.rows;
}
