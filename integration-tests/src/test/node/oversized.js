// Sends messages that are too large: node oversized.js HOST:PORT PROTO_DIR CODEBOOK_FILE CODEBOOK_ID DIM
// Exits with status 1 and a reason if anything is not as it should be.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [target, protoDir, codebookFile, codebookId, dim] = process.argv.slice(2);
const ROUNDS = 20;
const SIZES = [3 << 20, 8 << 20, 48 << 20];
const deadline = () => ({ deadline: Date.now() + 60_000 });

function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Both sizes are named, and the code says whose fault it is. */
function check(error, size) {
  assert.ok(error, 'call was not refused');
  assert.strictEqual(error.code, grpc.status.INVALID_ARGUMENT, error.message);
  const numbers = (error.details.match(/\d+/g) ?? []).map(Number);
  assert.ok(numbers.length >= 2, error.details);
  assert.ok(Math.max(...numbers) >= size && Math.min(...numbers) < size, error.details);
}

/** Opens an encode stream and waits until it is accepted. */
function open(client, codebook, count) {
  const call = client.AssignAndEncode(deadline());
  const stream = { call, responses: [] };
  stream.end = new Promise((resolve) => {
    call.on('error', resolve);
    call.on('end', () => resolve(null));
  });
  const accepted = new Promise((resolve) => {
    call.on('data', (message) => {
      stream.responses.push(message);
      if (message.accepted) resolve();
    });
  });
  call.write({
    header: {
      protocolVersion: 'PROTOCOL_VERSION_1',
      encoding: 'ENCODING_BIT1',
      dim: Number(dim),
      count,
      codebookId: Buffer.from(codebookId, 'hex'),
      codebookBytes: codebook.length,
    },
  });
  call.write({ codebook: { offset: 0, data: codebook, crc32c: crc32c(codebook) } });
  return Promise.race([
    accepted.then(() => stream),
    stream.end.then((error) => Promise.reject(error ?? new Error('stream has ended'))),
  ]);
}

function refusedUpload(client, method, message) {
  return new Promise((resolve) => {
    const call = client[method](deadline(), (error) => resolve(error));
    call.on('error', () => {});
    for (let i = 0; i < 3; i++) call.write(message);
    call.end();
  });
}

async function main() {
  const files = ['training', 'merge', 'codebook'].map((n) => `luceneivf/v1/${n}_service.proto`);
  const definition = protoLoader.loadSync(files, {
    includeDirs: [protoDir], longs: String, enums: String, defaults: true, oneofs: true,
  });
  const { MergeService, TrainingService, CodebookService } =
    grpc.loadPackageDefinition(definition).luceneivf.v1;
  // One channel for all, so that one call's fate could be the others'.
  const merges = new MergeService(target, grpc.credentials.createInsecure());
  const share = { channelOverride: merges.getChannel() };
  const trainings = new TrainingService(target, grpc.credentials.createInsecure(), share);
  const codebooks = new CodebookService(target, grpc.credentials.createInsecure(), share);
  const codebook = fs.readFileSync(codebookFile);

  const other = await open(merges, codebook, 0);
  for (let i = 0; i < ROUNDS; i++) {
    const size = SIZES[i % SIZES.length];
    const stream = await open(merges, codebook, 2 ** 30);
    for (let n = 0; n < 3; n++) stream.call.write({ vectors: { vectors: Buffer.alloc(size) } });
    check(await stream.end, size);
  }
  const bytes = Buffer.alloc(8 << 20);
  check(await refusedUpload(trainings, 'UploadSample', { chunk: { vectors: bytes } }), 8 << 20);
  check(await refusedUpload(codebooks, 'PublishCodebook', { chunk: { data: bytes } }), 8 << 20);
  const unary = (method, request) =>
    new Promise((resolve) => {
      trainings[method](request, deadline(), (error) => resolve(error));
    });
  check(await unary('GetJob', { jobId: 'x'.repeat(8 << 20) }), 8 << 20);

  // The first call of this channel still goes on, and ends well.
  other.call.write({ end: { count: 0, crc32c: 0 } });
  other.call.end();
  assert.strictEqual(await other.end, null);
  assert.ok(other.responses.at(-1).summary);
  assert.strictEqual(await unary('ListJobs', {}), null);
  console.log('refused and alive');
  merges.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
