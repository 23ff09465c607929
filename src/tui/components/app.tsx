import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { PANE_EDGE, TABLE_HOLE } from '../compositor.ts';

/** Everything React draws: finished lines, and where the compositor puts the table. */
export interface Chrome {
  readonly columns: number;
  readonly header: string;
  readonly filter: string;
  readonly heads: string;
  /** Lines that cover the upper part of the body. */
  readonly popup: readonly string[];
  /** Lines of the body in all. */
  readonly bodyHeight: number;
  /** A pane instead of the table, or beside it from column `paneAt` on. */
  readonly pane: { readonly lines: readonly string[]; readonly at: number } | undefined;
  /** Lines that cover the lower part of the body. */
  readonly overlay: readonly string[];
  readonly footer: string;
}

function Line({ text }: { readonly text: string }): ReactNode {
  return <Text wrap="truncate-end">{text === '' ? ' ' : text}</Text>;
}

function Lines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a line's place on the screen is what it is.
  return lines.map((line, y) => <Line key={y} text={line} />);
}

/** Lines the compositor fills: each begins with a mark, and where a pane stands beside the table, it has a second one. */
function TableHole({ height, pane, from }: { height: number; pane: Chrome['pane']; from: number }): ReactNode {
  const holes = Array.from({ length: height }, () => TABLE_HOLE);
  if (pane === undefined) return <Lines lines={holes} />;
  return (
    <Box>
      <Box flexDirection="column" width={pane.at} flexShrink={0}>
        <Lines lines={holes} />
      </Box>
      <Box flexDirection="column">
        <Lines lines={holes.map((_, y) => PANE_EDGE + (pane.lines[from + y] ?? ''))} />
      </Box>
    </Box>
  );
}

function Body({ chrome }: { readonly chrome: Chrome }): ReactNode {
  const { popup, overlay, bodyHeight, pane } = chrome;
  const rest = Math.max(0, bodyHeight - popup.length - overlay.length);
  const covers = pane?.at === 0;
  return (
    <Box flexDirection="column" height={bodyHeight}>
      <Lines lines={popup} />
      {covers ? (
        <Lines lines={pane.lines.slice(popup.length, popup.length + rest)} />
      ) : (
        <TableHole height={rest} pane={pane} from={popup.length} />
      )}
      <Lines lines={overlay} />
    </Box>
  );
}

/** The whole screen. */
export function App({ chrome }: { readonly chrome: Chrome }): ReactNode {
  return (
    <Box flexDirection="column" width={chrome.columns}>
      <Line text={chrome.header} />
      <Line text={chrome.filter} />
      <Line text={chrome.heads} />
      <Body chrome={chrome} />
      <Line text={chrome.footer} />
    </Box>
  );
}
