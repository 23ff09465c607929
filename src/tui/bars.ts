import { cellWidth, fitCell, sanitizeCell } from '../flow/format/cell.ts';
import { countText } from '../flow/quantity-text.ts';
import { COMMANDS, showKey } from './keys.ts';
import type { Pause } from './list-view.ts';
import type { MissingNode } from './node-states.ts';
import { formatCount, formatRate } from './quantity.ts';
import { LOST_PLACES } from './row-painter.ts';
import type { Totals } from './store.ts';
import type { Style, Theme } from './theme.ts';

/** A piece of a bar. A bar that is too narrow leaves out the least important pieces and shortens the others. */
interface Piece {
  readonly text: string;
  /** Says the same in fewer words. */
  readonly short?: string;
  readonly style: Style;
  readonly priority: number;
}

/** What the header tells. */
export interface HeaderFacts {
  readonly title: string;
  readonly state: 'live' | 'ended' | 'failed';
  readonly pause: Pause | undefined;
  readonly flowsPerSecond: number;
  readonly matchedPerSecond: number;
  readonly totals: Totals;
  /** Flows in the buffer that pass the filter; undefined without a filter. */
  readonly matched: number | undefined;
  readonly connectedNodes: number;
  readonly missingNodes: number;
}

const GAP = '  ';

/** From this priority on, a piece is shortened before it is left out. */
const VITAL = 7;

function joinPieces(pieces: readonly Piece[], width: number, theme: Theme): string {
  let kept = [...pieces];
  const total = (): number => kept.reduce((sum, { text }) => sum + cellWidth(text) + GAP.length, 1 - GAP.length);
  while (kept.length > 1 && total() > width) {
    const lowest = kept.reduce((low, piece) => (piece.priority < low.priority ? piece : low));
    if (lowest.priority >= VITAL && kept.some(({ short }) => short !== undefined)) {
      kept = kept.map(({ text, short, style, priority }) => ({ text: short ?? text, style, priority }));
    } else kept.splice(kept.lastIndexOf(lowest), 1);
  }
  if (total() > width) return kept.map(({ text }) => fitCell(text, width)).join('');
  return ` ${kept.map(({ text, style }) => theme.paint(style, text)).join(GAP)}`;
}

/** How long the list has been paused: `12s`, `3m05s`. */
function pauseTexts(pause: Pause, theme: Theme): { readonly text: string; readonly short: string } {
  const seconds = Math.floor(pause.forMs / 1000);
  const time = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
  const faults = pause.newFaults > 0 ? `, ${countText(formatCount(pause.newFaults), 'fault')}` : '';
  const more = pause.newMatched > 0 ? ` +${formatCount(pause.newMatched)} new${faults}` : '';
  const short = pause.newMatched > 0 ? ` +${formatRate(pause.newMatched)}` : '';
  return {
    text: `${theme.glyphs.paused} PAUSED ${time}${more}`,
    short: `${theme.glyphs.paused} PAUSED ${time}${short}`,
  };
}

function statePiece(facts: HeaderFacts, theme: Theme): Piece {
  const priority = 10;
  if (facts.pause !== undefined) return { ...pauseTexts(facts.pause, theme), style: 'warn', priority };
  if (facts.state === 'live') return { text: `${theme.glyphs.live} LIVE`, style: 'good', priority };
  const failed = facts.state === 'failed';
  return { text: `${theme.glyphs.ended} ${failed ? 'FAILED' : 'ENDED'}`, style: failed ? 'bad' : 'warn', priority };
}

function lostPiece({ lost }: Totals, theme: Theme): Piece {
  const total = Array.from(lost.values()).reduce((sum, count) => sum + count, 0);
  if (total === 0) return { text: 'lost 0', style: 'plain', priority: 8 };
  const places = Array.from(lost, ([source, count]) => `${LOST_PLACES.get(source) ?? 'unknown'} ${formatCount(count)}`);
  const short = `${theme.glyphs.fault}lost ${formatCount(total)}`;
  return { text: `${short} (${places.join(', ')})`, short, style: 'bad', priority: 9 };
}

/** The truth bar: what is shown, how much arrives, how much of it is missing. */
export function headerLine(facts: HeaderFacts, width: number, theme: Theme): string {
  const { totals, matched, missingNodes, connectedNodes } = facts;
  const nodes = missingNodes + connectedNodes;
  const matches: Piece[] =
    matched !== undefined
      ? [
          { text: `match ${formatRate(facts.matchedPerSecond)}/s`, style: 'plain', priority: 6 },
          { text: `matched ${formatCount(matched)}`, style: 'plain', priority: 3 },
        ]
      : [];
  const pieces: Piece[] = [
    { text: 'netwatch', style: 'strong', priority: 1 },
    { text: sanitizeCell(facts.title, theme), style: 'plain', priority: 2 },
    statePiece(facts, theme),
    ...(nodes > 0
      ? [
          {
            text: `nodes ${connectedNodes}/${nodes}${missingNodes > 0 ? theme.glyphs.fault : ''}`,
            style: missingNodes > 0 ? ('bad' as const) : ('plain' as const),
            priority: missingNodes > 0 ? 8 : 2,
          },
        ]
      : []),
    { text: `flows ${formatRate(facts.flowsPerSecond)}/s`, style: 'plain', priority: 7 },
    ...matches,
    { text: `seen ${formatCount(totals.seen)}`, style: 'plain', priority: 4 },
    lostPiece(totals, theme),
    {
      text: `faults ${formatCount(totals.faults)}`,
      style: totals.faults > 0 ? 'bad' : 'plain',
      priority: 5,
    },
  ];
  return joinPieces(pieces, width, theme);
}

/** What the footer may have to say before it gives hints. */
export interface FooterFacts {
  readonly paused: boolean;
  /** What a key could not do, or what to do next. */
  readonly message: string | undefined;
  /** Why the source gave up. */
  readonly failure: string | undefined;
  readonly missing: readonly MissingNode[];
}

function bannerOf({ message, failure, missing }: FooterFacts): Piece | undefined {
  const priority = 0;
  if (message !== undefined) return { text: message, style: 'warn', priority };
  if (failure !== undefined) return { text: ` ${failure} `, style: 'alarm', priority };
  const [first] = missing;
  if (first === undefined) return undefined;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const why = first.message ? ` (${first.message})` : '';
  return { text: ` no flows from ${first.name}${others}${why} `, style: 'alarm', priority };
}

/** The footer: what is wrong, if anything, and what the most useful keys do here, as many as fit. */
export function footerLine(width: number, theme: Theme, facts: FooterFacts): string {
  const banner = bannerOf(facts);
  const safe = banner === undefined ? '' : sanitizeCell(banner.text, theme);
  const text = fitCell(safe, Math.min(cellWidth(safe), width - 2), { ellipsis: theme.glyphs.ellipsis });
  const start = banner === undefined ? '' : ` ${theme.paint(banner.style, text)}`;
  const room = width - (banner === undefined ? 0 : cellWidth(text) + 2);
  const hints = COMMANDS.filter(({ hint }) => hint !== undefined).map(({ keys, hint, command }, index) => ({
    key: showKey(keys[0] ?? ''),
    word: command === 'pause' && facts.paused ? 'resume' : (hint ?? ''),
    priority: command === 'help' || command === 'back' ? 100 : -index,
  }));
  const total = (): number => hints.reduce((sum, { key, word }) => sum + key.length + word.length + 3, 0);
  while (hints.length > 0 && total() > room) {
    const lowest = hints.reduce((low, hint) => (hint.priority < low.priority ? hint : low));
    hints.splice(hints.indexOf(lowest), 1);
  }
  const shown = hints.map(({ key, word }) => `${theme.paint('strong', key)} ${theme.paint('dim', word)}`);
  return start + (shown.length > 0 ? ` ${shown.join(GAP)}` : '');
}
