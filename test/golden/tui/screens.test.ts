import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { LostEventSource } from '../../../src/flow/gen/flow.ts';
import { NodeState } from '../../../src/flow/gen/relay.ts';
import type { Environment } from '../../../src/tui/theme.ts';
import { STAGE_TIME_MS, TuiStage } from '../../fixtures/tui-stage.ts';

process.env.TZ = 'UTC';

const COLOUR: Environment = { LANG: 'C.UTF-8' };
const NO_COLOR: Environment = { LANG: 'C.UTF-8', NO_COLOR: '1' };
const ASCII: Environment = { LANG: 'C' };

/** Compares with test/golden/tui/NAME.txt; UPDATE_GOLDEN=1 writes it. */
function checkGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  else assert.equal(text, readFileSync(file, 'utf8'), `${name}.txt; UPDATE_GOLDEN=1 rewrites it`);
}

async function picture(stage: TuiStage, withStyles: boolean): Promise<string> {
  const lines = await stage.lines();
  const { terminal } = stage;
  const text = `${terminal.columns}x${terminal.rows}\n${lines.map((line) => `|${line}`).join('\n')}\n`;
  return withStyles
    ? `${text}styles\n${terminal
        .styles()
        .map((line) => `|${line}`)
        .join('\n')}\n`
    : text;
}

interface Scene {
  readonly name: string;
  readonly size: readonly [columns: number, rows: number];
  readonly env?: Environment;
  readonly withStyles?: boolean;
  play(stage: TuiStage): void;
}

const trouble = (stage: TuiStage): void => {
  const time = { seconds: Math.floor(STAGE_TIME_MS / 1000) + 9, nanos: 0 };
  const nodeName = 'node-2';
  stage.viewer.store.ingest([
    { time, nodeName, lostEvents: { source: LostEventSource.PERF_EVENT_RING_BUFFER, numEventsLost: 400 } },
    { time, nodeName, lostEvents: { source: LostEventSource.PERF_EVENT_RING_BUFFER, numEventsLost: 10 } },
    { time, nodeStatus: { stateChange: NodeState.NODE_CONNECTED, nodeNames: ['node-1', 'node-2', 'node-3'] } },
    {
      time,
      nodeStatus: { stateChange: NodeState.NODE_UNAVAILABLE, nodeNames: ['node-3'], message: 'connection refused' },
    },
  ]);
};

const live = (stage: TuiStage): void => {
  stage.arrive(300);
  stage.paint();
};

const SCENES: readonly Scene[] = [
  ...(
    [
      [200, 50],
      [120, 40],
      [80, 24],
      [60, 20],
      [39, 9],
    ] as const
  ).map((size): Scene => ({ name: `live-${size.join('x')}`, size, play: live })),
  { name: 'live-colour', size: [100, 16], env: COLOUR, withStyles: true, play: live },
  { name: 'live-no-color', size: [100, 16], env: NO_COLOR, withStyles: true, play: live },
  { name: 'live-ascii', size: [100, 16], env: ASCII, play: live },
  { name: 'empty-80x24', size: [80, 24], play: () => {} },
  {
    name: 'trouble-120x24',
    size: [120, 24],
    play: (stage) => {
      stage.arrive(280);
      trouble(stage);
      stage.arrive(10);
      stage.paint();
    },
  },
  {
    name: 'paused-120x24',
    size: [120, 24],
    withStyles: true,
    play: (stage) => {
      live(stage);
      stage.type(' kkkl');
      stage.arrive(500);
      stage.paint();
    },
  },
  {
    name: 'detail-drop-140x40',
    size: [140, 40],
    play: (stage) => {
      live(stage);
      stage.type('vn\r');
    },
  },
  {
    name: 'detail-http-80x24',
    size: [80, 24],
    play: (stage) => {
      live(stage);
      stage.type('/status>=500\rn\r');
    },
  },
  {
    name: 'help-140x40',
    size: [140, 40],
    play: (stage) => {
      live(stage);
      stage.type('?');
    },
  },
  {
    name: 'help-80x24',
    size: [80, 24],
    play: (stage) => {
      live(stage);
      stage.type('?jj');
    },
  },
  {
    name: 'filter-values-100x24',
    size: [100, 24],
    withStyles: true,
    play: (stage) => {
      live(stage);
      stage.type('/ns=ch');
    },
  },
  {
    name: 'filter-fields-100x24',
    size: [100, 24],
    play: (stage) => {
      live(stage);
      stage.type('/ns=shop ver');
    },
  },
  {
    name: 'filter-error-100x24',
    size: [100, 24],
    play: (stage) => {
      live(stage);
      stage.type('/ns=a verdikt=drop');
    },
  },
  {
    name: 'filter-none-100x24',
    size: [100, 24],
    play: (stage) => {
      live(stage);
      stage.type('/ns=nowhere\r');
    },
  },
  {
    name: 'faults-100x24',
    size: [100, 24],
    play: (stage) => {
      live(stage);
      stage.type('!');
    },
  },
];

for (const { name, size, env, withStyles = false, play } of SCENES) {
  test(`screen ${name}`, async (context) => {
    const stage = new TuiStage(size[0], size[1], env);
    context.after(() => stage.close());
    play(stage);
    checkGolden(name, await picture(stage, withStyles));
  });
}
