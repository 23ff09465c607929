import type { Socket } from 'node:net';

/** A DNS message as TCP carries it: two bytes of length, then the message (RFC 1035 4.2.2). */
export function writeFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(2 + message.length);
  frame.writeUInt16BE(message.length, 0);
  frame.set(message, 2);
  return frame;
}

/** Calls `onMessage` with each DNS message that arrives on `socket`. Holds at most one unfinished message, 64 KiB. */
export function readFrames(socket: Socket, onMessage: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && !socket.destroyed) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) return;
      onMessage(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}
