import { Readable } from 'node:stream';
import { type Instance, render } from 'ink';
import { App, type Chrome } from './components/app.tsx';
import { Compositor, type TerminalOutput } from './compositor.ts';
import type { Viewer } from './viewer.ts';

/** Draws a viewer on a terminal: chrome through React and Ink, rows through the compositor. */
export class Screen {
  readonly #viewer: Viewer;
  readonly #compositor: Compositor;
  readonly #ink: Instance;

  constructor(viewer: Viewer, output: TerminalOutput) {
    this.#viewer = viewer;
    this.#compositor = new Compositor(output);
    this.resize();
    this.#ink = render(<App chrome={viewer.chrome()} />, {
      // In debug mode Ink writes every frame whole and nothing else, which is what the compositor wants.
      debug: true,
      stdout: this.#compositor as unknown as NodeJS.WriteStream,
      // Keys are decoded elsewhere; Ink must not touch the real stdin.
      stdin: new Readable({ read: () => {} }) as unknown as NodeJS.ReadStream,
      interactive: true,
      patchConsole: false,
      exitOnCtrlC: false,
    });
  }

  /** Takes over the terminal's size; the next frame is painted from nothing. */
  resize(): void {
    this.#viewer.resize(this.#compositor.columns, this.#compositor.rows);
    this.#compositor.reset();
  }

  /** One frame. */
  paint(withChrome: boolean): void {
    if (withChrome) this.#draw(this.#viewer.chrome());
    this.#compositor.setTable(this.#viewer.table());
    this.#compositor.setCursor(this.#viewer.cursor());
    this.#compositor.flush();
  }

  close(): void {
    this.#compositor.close();
    this.#ink.unmount();
  }

  #draw(chrome: Chrome): void {
    this.#ink.rerender(<App chrome={chrome} />);
  }
}
