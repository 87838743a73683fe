/**
 * Sends DICOM files to a node by C-STORE (PS3.7, PS3.8), as they are: only the encoding that they have is offered, and no byte
 * of theirs is changed. `dcmjs-dimse` would read and write them anew.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { EnvironmentError } from '../../core/errors.ts';
import { IMPLEMENTATION } from '../../io/dicom/write/part10.ts';
import { encodeElement } from '../deidentify/encode.ts';
import type { DicomIdentity } from '../dicomweb/identity.ts';
import type { StoreTarget } from './config.ts';
import { MAX_PDU_BYTES } from './pdu-guard.ts';

export type FileForNode = DicomIdentity & { readonly path: string };

const IDLE_MS = 60_000;
const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
const MAX_RECEIVED_PDU = 16_384;

/** @throws EnvironmentError `gateway/node`: unreachable, refused, or a file not taken. */
export async function storeToNode(target: StoreTarget, files: readonly FileForNode[]): Promise<void> {
  const who = `${target.aeTitle} at ${target.host}:${target.port}`;
  const problem = (what: string, cause?: unknown): EnvironmentError =>
    new EnvironmentError('gateway/node', `The node ${who} ${what}.`, { cause });
  const socket = connect(target.port, target.host);
  socket.setTimeout(IDLE_MS, () => socket.destroy(new Error('nothing came for a minute')));
  try {
    const pdus = readPdus(socket);
    const kinds = [...new Map(files.map((f) => [`${f.sopClassUid} ${f.transferSyntaxUid}`, f])).values()];
    socket.write(associateRequest(target, kinds));
    const answer = await nextPdu(pdus);
    if (answer.type !== 2)
      throw problem(answer.type === 3 ? 'refuses the association' : 'answers with no association');
    const { accepted, maxPduBytes } = readAccept(answer.body);
    for (const [i, file] of files.entries()) {
      const kind = kinds.findIndex(
        (k) => k.sopClassUid === file.sopClassUid && k.transferSyntaxUid === file.transferSyntaxUid,
      );
      const context = 2 * kind + 1;
      if (!accepted.has(context)) throw problem(`does not take objects of class ${file.sopClassUid}`);
      await sendFile(socket, context, i + 1, file, maxPduBytes);
      const status = statusOf(await nextPdu(pdus));
      if (status !== 0 && status >>> 12 !== 0xb)
        throw problem(`does not take a file (status ${status.toString(16)})`);
    }
    socket.write(pdu(5, Buffer.alloc(4)));
    await nextPdu(pdus);
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw problem(`cannot be reached (${(error as Error).message})`, error);
  } finally {
    socket.destroy();
  }
}

const pdu = (type: number, body: Buffer): Buffer => {
  const header = Buffer.alloc(6);
  header[0] = type;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
};

function item(type: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** A-ASSOCIATE-RQ, PS3.8, 9.3.2: one context per class and encoding. */
function associateRequest(target: StoreTarget, kinds: readonly FileForNode[]): Buffer {
  const version = Buffer.from([0, 1, 0, 0]);
  const titles = Buffer.from(target.aeTitle.padEnd(16) + target.callingAeTitle.padEnd(16), 'latin1');
  const contexts = kinds.map(({ sopClassUid, transferSyntaxUid }, i) =>
    item(0x20, Buffer.from([2 * i + 1, 0, 0, 0]), item(0x30, sopClassUid), item(0x40, transferSyntaxUid)),
  );
  const longest = Buffer.alloc(4);
  longest.writeUInt32BE(MAX_RECEIVED_PDU);
  const user = item(0x50, item(0x51, longest), item(0x52, String(IMPLEMENTATION.ImplementationClassUID)));
  return pdu(
    1,
    Buffer.concat([version, titles, Buffer.alloc(32), item(0x10, APPLICATION_CONTEXT), ...contexts, user]),
  );
}

/** A-ASSOCIATE-AC: which contexts, and how long a PDU may be. */
function readAccept(body: Buffer): { readonly accepted: ReadonlySet<number>; readonly maxPduBytes: number } {
  const accepted = new Set<number>();
  let maxPduBytes = MAX_RECEIVED_PDU;
  const items = (from: number, end: number): void => {
    for (let at = from; at + 4 <= end; ) {
      const [type, length] = [body[at]!, body.readUInt16BE(at + 2)];
      if (type === 0x21 && body[at + 6] === 0) accepted.add(body[at + 4]!);
      if (type === 0x50) items(at + 4, Math.min(end, at + 4 + length));
      if (type === 0x51 && length === 4) maxPduBytes = body.readUInt32BE(at + 4) || MAX_PDU_BYTES;
      at += 4 + length;
    }
  };
  items(68, body.length);
  return { accepted, maxPduBytes: Math.min(Math.max(maxPduBytes, 1024), MAX_PDU_BYTES) };
}

const IMPLICIT = { explicit: false, littleEndian: true };

/** C-STORE-RQ, PS3.7, 9.3.1.1. */
function storeCommand(messageId: number, { sopClassUid, sopInstanceUid }: FileForNode): Buffer {
  const short = (value: number): Buffer => Buffer.from([value & 0xff, value >>> 8]);
  const elements = Buffer.concat([
    encodeElement(IMPLICIT, 0x0000_0002, 'UI', sopClassUid),
    encodeElement(IMPLICIT, 0x0000_0100, 'US', short(1)),
    encodeElement(IMPLICIT, 0x0000_0110, 'US', short(messageId)),
    encodeElement(IMPLICIT, 0x0000_0700, 'US', short(0)),
    encodeElement(IMPLICIT, 0x0000_0800, 'US', short(1)),
    encodeElement(IMPLICIT, 0x0000_1000, 'UI', sopInstanceUid),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([encodeElement(IMPLICIT, 0x0000_0000, 'UL', length), elements]);
}

async function sendFile(
  socket: Socket,
  context: number,
  messageId: number,
  file: FileForNode,
  maxPduBytes: number,
): Promise<void> {
  const bytes = await readFile(file.path);
  // After the preamble the meta group says its own length; these files are our own.
  const dataSet = bytes.subarray(144 + bytes.readUInt32LE(140));
  for (const [part, isCommand] of [
    [storeCommand(messageId, file), true],
    [dataSet, false],
  ] as const)
    for (let at = 0; at < part.length; at += maxPduBytes - 6) {
      const piece = part.subarray(at, at + maxPduBytes - 6);
      const isLast = at + piece.length === part.length;
      const header = Buffer.alloc(6);
      header.writeUInt32BE(piece.length + 2);
      header[4] = context;
      header[5] = (isCommand ? 1 : 0) | (isLast ? 2 : 0);
      const isFree = socket.write(pdu(4, Buffer.concat([header, piece])));
      if (!isFree) await new Promise<void>((done) => socket.once('drain', done).once('close', done));
    }
}

interface Pdu {
  readonly type: number;
  readonly body: Buffer;
}

async function* readPdus(socket: Socket): AsyncGenerator<Pdu> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 6) {
      const length = pending.readUInt32BE(2);
      if (length > MAX_PDU_BYTES) throw new Error('it announces too much');
      if (pending.length < 6 + length) break;
      yield { type: pending[0]!, body: pending.subarray(6, 6 + length) };
      pending = pending.subarray(6 + length);
    }
  }
}

async function nextPdu(pdus: AsyncGenerator<Pdu>): Promise<Pdu> {
  const { value, done } = await pdus.next();
  if (done) throw new Error('it broke off the connection');
  return value;
}

/** (0000,0900) of a C-STORE-RSP, which fits into one PDU. */
function statusOf({ type, body }: Pdu): number {
  if (type !== 4) throw new Error('it aborted the association');
  for (let at = 6; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4))
    if (body.readUInt32LE(at) === 0x0900_0000) return body.readUInt16LE(at + 8);
  throw new Error('it answers without a status');
}
