/**
 * Turns a terminal screen with its colours into an SVG picture: `tmux capture-pane -ep | node scripts/screen-to-svg.mjs
 * > docs/screen.svg`. Knows the SGR codes the terminal UI uses: 16 colours, bold, dim, inverse, underline.
 */
import { readFileSync } from 'node:fs';

const PALETTE = ['#1d1f21', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'];
const BRIGHT = ['#6b7280', '#ff7b86', '#b5e890', '#ffd68a', '#7cc4ff', '#e09bff', '#6fe0ec', '#ffffff'];
const FOREGROUND = '#c8ccd4';
const BACKGROUND = '#16181d';
const [CELL_WIDTH, LINE_HEIGHT, MARGIN] = [8.43, 18, 14];

const plain = { fg: undefined, bg: undefined, bold: false, dim: false, inverse: false, underline: false };

function applySgr(style, codes) {
  const next = { ...style };
  for (const code of codes) {
    if (code === 0) Object.assign(next, plain);
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code === 24) next.underline = false;
    else if (code === 27) next.inverse = false;
    else if (code >= 30 && code <= 37) next.fg = PALETTE[code - 30];
    else if (code === 39) next.fg = undefined;
    else if (code >= 40 && code <= 47) next.bg = PALETTE[code - 40];
    else if (code === 49) next.bg = undefined;
    else if (code >= 90 && code <= 97) next.fg = BRIGHT[code - 90];
  }
  return next;
}

/** Splits a line into runs of one style each; the style carries over from line to line. */
function runsOf(line, style) {
  const runs = [];
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const sgr = part.startsWith('\x1b[') ? part.slice(2, -1) : undefined;
    if (sgr !== undefined) style = applySgr(style, sgr === '' ? [0] : sgr.split(';').map(Number));
    else if (part !== '') runs.push({ text: part, style });
  }
  return { runs, style };
}

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function drawRun({ text, style }, column, y) {
  const [fg, bg] = style.inverse
    ? [style.bg ?? BACKGROUND, style.fg ?? FOREGROUND]
    : [style.fg ?? FOREGROUND, style.bg];
  const x = MARGIN + column * CELL_WIDTH;
  const width = [...text].length * CELL_WIDTH;
  const box = bg ? `<rect x="${x}" y="${y - 13}" width="${width}" height="${LINE_HEIGHT}" fill="${bg}"/>` : '';
  const look = [
    style.bold ? ' font-weight="bold"' : '',
    style.dim ? ' opacity="0.6"' : '',
    style.underline ? ' text-decoration="underline"' : '',
  ];
  return `${box}<text x="${x}" y="${y}" textLength="${width}" fill="${fg}"${look.join('')}>${escapeXml(text)}</text>`;
}

const lines = readFileSync(0, 'utf8').replace(/\n$/, '').split('\n');
let style = plain;
let columns = 0;
const body = lines.flatMap((line, row) => {
  const parsed = runsOf(line, style);
  style = parsed.style;
  let column = 0;
  return parsed.runs.map((run) => {
    const drawn = drawRun(run, column, MARGIN + 13 + row * LINE_HEIGHT);
    column += [...run.text].length;
    columns = Math.max(columns, column);
    return drawn;
  });
});
const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
${body.join('\n')}
</svg>
`);
