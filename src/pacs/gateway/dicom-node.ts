/**
 * A DICOM node that takes images (C-STORE) and says that it is there (C-ECHO), on `dcmjs-dimse`. Added here: who may connect,
 * from where and how many; bounds on everything that a sender announces; images to disk as they come, byte for byte.
 */
import { randomUUID } from 'node:crypto';
import type { Socket, Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import dimse from 'dcmjs-dimse';
import { transferSyntaxOf } from '../../io/dicom/transfer-syntax.ts';
import { isUid } from '../../io/dicom/uid.ts';
import type { GatewayConfig } from './config.ts';
import { InstanceFile } from './instance-file.ts';
import type { GatewayLog } from './log.ts';
import { guardPdus } from './pdu-guard.ts';

type Association = InstanceType<typeof dimse.association.Association>;
type PresentationContext = ReturnType<Association['getPresentationContext']>;
type StoreRequest = InstanceType<typeof dimse.requests.CStoreRequest>;
type StoreResponse = InstanceType<typeof dimse.responses.CStoreResponse>;
type EchoRequest = InstanceType<typeof dimse.requests.CEchoRequest>;
type EchoResponse = InstanceType<typeof dimse.responses.CEchoResponse>;

/** What a received image became, for the sender. PS3.4, table B.2-1. */
export const STORE_STATUS = { ok: 0x0000, noRoom: 0xa700, notUnderstood: 0xc000, failed: 0x0110 } as const;

export interface DicomNodeSettings {
  readonly node: NonNullable<GatewayConfig['node']>;
  readonly incoming: string;
  readonly log: GatewayLog;
  /** Nothing can be taken now. */
  readonly isFull: () => boolean;
  /** Takes a whole file away; answers with a status. */
  readonly onImage: (path: string) => Promise<number>;
}

export interface DicomNode {
  /** Takes no new connection, and ends once those that are there have ended, or have had their time. */
  close(graceMs: number): Promise<void>;
}

const VERIFICATION = '1.2.840.10008.1.1';
const STORAGE = '1.2.840.10008.5.1.4.1.1.';
/** A command, and anything but an image, is smaller. */
const MAX_COMMAND_BYTES = 65_536;
/** Of one connection, however lively. */
const MAX_ASSOCIATION_MS = 4 * 3_600_000;

/** @throws Error where the port is taken. */
export async function startDicomNode(settings: DicomNodeSettings): Promise<DicomNode> {
  const { node } = settings;
  // The library logs whole requests; what is to be known is logged here.
  dimse.log.disableAll();
  const server = new dimse.Server(scpClass(settings));
  const idleMs = node.idleSeconds * 1000;
  const timeouts = { connectTimeout: idleMs, associationTimeout: idleMs, pduTimeout: idleMs };
  // Its type says a port, but it is handed to `net.Server.listen`, which takes the address too.
  const where = { port: node.port, host: node.host } as unknown as number;
  const listening = new Promise<void>((resolve, reject) => {
    server.on('listening', () => resolve());
    server.on('networkError', (error: Error) => reject(error));
  });
  server.listen(where, timeouts);
  const inner = (server as unknown as { server: TcpServer }).server;
  inner.maxConnections = node.maxAssociations;
  await listening;
  return {
    close: async (graceMs) => {
      const closed = new Promise<void>((done) => inner.close(() => done()));
      const timer = setTimeout(() => server.close(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function scpClass({ node, incoming, log, isFull, onImage }: DicomNodeSettings): typeof dimse.Scp {
  return class extends dimse.Scp {
    readonly #socket: Socket;
    #file: InstanceFile | undefined;
    #status: number = STORE_STATUS.failed;
    #imageBytes = 0;
    #otherBytes = 0;

    constructor(...[socket, options]: ConstructorParameters<typeof dimse.Scp>) {
      super(socket, options);
      this.#socket = socket;
      const peer = { address: socket.remoteAddress };
      guardPdus(socket, node.idleSeconds * 1000, (code) => log.warn({ ...peer, code }, 'cut off'));
      const end = setTimeout(() => socket.destroy(), MAX_ASSOCIATION_MS);
      this.on('networkError', (error: Error) => {
        log.warn({ ...peer, code: 'gateway/network', timeout: /timeout/i.test(error.message) }, 'cut off');
        socket.destroy();
      });
      this.on('close', () => {
        clearTimeout(end);
        this.#file?.destroy();
      });
    }

    override associationRequested(association: Association): void {
      const refusal = this.#refusalOf(association);
      if (refusal) {
        log.warn({ address: this.#socket.remoteAddress, code: refusal.code }, 'association refused');
        this.sendAssociationReject(1, 1, refusal.reason);
        this.#socket.end();
        return;
      }
      for (const { context } of association.getPresentationContexts()) acceptOrRefuse(context);
      this.sendAssociationAccept();
    }

    /** Reasons as in PS3.8, table 9-21. */
    #refusalOf(association: Association): { readonly code: string; readonly reason: number } | undefined {
      if (association.getCalledAeTitle().trim() !== node.aeTitle)
        return { code: 'gateway/called-ae', reason: 7 };
      const address = (this.#socket.remoteAddress ?? '').replace(/^::ffff:/, '');
      const calling = association.getCallingAeTitle().trim();
      const isKnown = node.peers.some(
        (peer) => peer.aeTitle === calling && (peer.address === undefined || peer.address === address),
      );
      return isKnown ? undefined : { code: 'gateway/unknown-peer', reason: 3 };
    }

    #cutOff(code: string): void {
      log.warn({ address: this.#socket.remoteAddress, code }, 'cut off');
      this.#socket.destroy();
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
      this.#socket.end();
    }

    override abort(): void {
      this.#socket.destroy();
    }

    override cEchoRequest(request: EchoRequest, callback: (response: EchoResponse) => void): void {
      const response = dimse.responses.CEchoResponse.fromRequest(request) as EchoResponse;
      response.setStatus(STORE_STATUS.ok);
      callback(response);
    }

    override createStoreWritableStream(context: PresentationContext, request: StoreRequest): Writable {
      const [sopClassUid, sopInstanceUid] = [
        request.getAffectedSopClassUid(),
        request.getAffectedSopInstanceUid(),
      ];
      const header = {
        sopClassUid: isUid(sopClassUid) ? sopClassUid : '',
        sopInstanceUid: isUid(sopInstanceUid) ? sopInstanceUid : '',
        transferSyntaxUid: context.getAcceptedTransferSyntaxUid()!,
      };
      // The name is ours; nothing that a sender says is part of a path before it has been checked.
      const path = join(incoming, `${randomUUID()}.dcm`);
      const file = new InstanceFile(path, header, isFull() ? 0 : node.maxInstanceMb * 2 ** 20, this.#socket);
      this.#file = file;
      this.#imageBytes = 0;
      // Reported when the data set ends.
      file.on('error', () => {});
      return file;
    }

    override createDatasetFromStoreWritableStream(
      writable: Writable,
      _context: PresentationContext,
      callback: (dataset: InstanceType<typeof dimse.Dataset>) => void,
    ): void {
      const file = writable as InstanceFile;
      this.#file = undefined;
      // Nothing else is read before this image has its answer, and the time until then is not the sender's.
      this.#socket.pause();
      const clock = this as unknown as { lastPduTime: number };
      clock.lastPduTime = Number.POSITIVE_INFINITY;
      this.#socket.setTimeout(0);
      finished(file)
        .then(() => onImage(file.path))
        .catch((error: NodeJS.ErrnoException) => {
          const isRoom = error.code === 'ENOSPC' || error.code === 'EDQUOT' || isFull();
          log.error({ code: isRoom ? 'gateway/disk-full' : (error.code ?? 'internal') }, 'image not taken');
          return isRoom ? STORE_STATUS.noRoom : STORE_STATUS.failed;
        })
        .then((status) => {
          this.#status = status;
          clock.lastPduTime = Date.now();
          this.#socket.setTimeout(node.idleSeconds * 1000);
          callback(new dimse.Dataset());
          this.#socket.resume();
        })
        .catch(() => this.#socket.destroy());
    }

    override cStoreRequest(request: StoreRequest, callback: (response: StoreResponse) => void): void {
      const response = dimse.responses.CStoreResponse.fromRequest(request) as StoreResponse;
      response.setStatus(this.#status);
      callback(response);
    }

    /** The library's own, which gathers in memory whatever is no image, and takes an image that does not end: bounded here. */
    async _processPDataTf(pdu: {
      getPdvs(): { isCommand(): boolean; isLastFragment(): boolean; getValue(): Buffer }[];
    }): Promise<void> {
      for (const pdv of pdu.getPdvs()) {
        const nBytes = pdv.getValue().length;
        if (!pdv.isCommand() && this.#file) this.#imageBytes += nBytes;
        else this.#otherBytes = pdv.isLastFragment() ? 0 : this.#otherBytes + nBytes;
      }
      if (this.#otherBytes > MAX_COMMAND_BYTES) return this.#cutOff('gateway/command-too-large');
      // One that is only too large is told so when it ends.
      if (this.#imageBytes > 2 * node.maxInstanceMb * 2 ** 20) return this.#cutOff('gateway/endless-image');
      await (
        dimse.Scp.prototype as unknown as { _processPDataTf(pdu: unknown): Promise<void> }
      )._processPDataTf.call(this, pdu);
    }
  };
}

const finished = (file: InstanceFile): Promise<void> =>
  new Promise((resolve, reject) => {
    if (file.errored) reject(file.errored);
    else if (file.writableFinished) resolve();
    else file.once('error', reject).once('close', resolve);
  });

/** Verification, and storage of anything in an encoding that can be read. */
function acceptOrRefuse(context: PresentationContext): void {
  const { PresentationContextResult: result } = dimse.constants;
  const abstract = context.getAbstractSyntaxUid();
  if (abstract !== VERIFICATION && !abstract.startsWith(STORAGE)) {
    context.setResult(result.RejectAbstractSyntaxNotSupported);
    return;
  }
  const syntax = context.getTransferSyntaxUids().find(isReadable);
  if (syntax === undefined) context.setResult(result.RejectTransferSyntaxesNotSupported);
  else context.setResult(result.Accept, syntax);
}

function isReadable(uid: string): boolean {
  try {
    return transferSyntaxOf(uid) !== undefined;
  } catch {
    return false;
  }
}
