// Trains a codebook with a running sidecar: node train.js HOST:PORT PROTO_DIR
// Prints one JSON object with what it got; exits with status 1 and a reason if anything is wrong.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const { once } = require('node:events');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [target, protoDir] = process.argv.slice(2);

const ROWS = 4000;
const DIM = 32;
const NLIST = 16;
const CHUNK_ROWS = 1000;
const PHASES = ['UPLOAD', 'PREPARE', 'INITIALIZE', 'ITERATE', 'BALANCE', 'CALIBRATE', 'DONE'];

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0x82f63b78 : n >>> 1;
  return n >>> 0;
});

function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();

/** Rows around 20 centres, from a fixed linear congruential sequence. */
function sampleBytes() {
  let state = 20261122;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const centres = Array.from({ length: 20 }, () => Array.from({ length: DIM }, next));
  const bytes = Buffer.alloc(ROWS * DIM * 4);
  for (let row = 0; row < ROWS; row++) {
    const centre = centres[Math.floor(next() * centres.length)];
    for (let d = 0; d < DIM; d++) {
      bytes.writeFloatLE(centre[d] + 0.2 * next(), (row * DIM + d) * 4);
    }
  }
  return bytes;
}

function unary(client, method, request) {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + 20_000;
    client[method](request, { deadline }, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

function collect(stream, onMessage) {
  return new Promise((resolve, reject) => {
    stream.on('data', onMessage);
    stream.on('error', reject);
    stream.on('end', resolve);
  });
}

function upload(client, jobId, bytes) {
  return new Promise((resolve, reject) => {
    const call = client.UploadSample((error, response) =>
      error ? reject(error) : resolve(response),
    );
    call.write({ header: { jobId } });
    for (let row = 0; row < ROWS; row += CHUNK_ROWS) {
      const vectors = bytes.subarray(row * DIM * 4, (row + CHUNK_ROWS) * DIM * 4);
      call.write({ chunk: { firstRow: row, vectors, crc32c: crc32c(vectors) } });
    }
    call.write({ end: { rows: ROWS, sha256: sha256(bytes) } });
    call.end();
  });
}

async function fetchCodebook(client, jobId) {
  let header;
  const parts = [];
  await collect(client.GetCodebook({ jobId }), (message) => {
    if (message.header) {
      header = message.header;
    } else {
      assert.strictEqual(crc32c(message.chunk.data), message.chunk.crc32c);
      parts.push(message.chunk.data);
    }
  });
  const codebook = Buffer.concat(parts);
  assert.strictEqual(String(codebook.length), header.sizeBytes);
  assert.ok(sha256(codebook).equals(header.sha256), 'checksum of the codebook');
  return { header, codebook };
}

async function main() {
  const definition = protoLoader.loadSync(
    ['luceneivf/v1/training_service.proto'],
    { includeDirs: [protoDir], longs: String, enums: String, defaults: true, oneofs: true },
  );
  const { TrainingService } = grpc.loadPackageDefinition(definition).luceneivf.v1;
  const client = new TrainingService(target, grpc.credentials.createInsecure());
  const bytes = sampleBytes();
  const spec = {
    metric: 'METRIC_EUCLIDEAN',
    dim: DIM,
    encoding: 'ENCODING_BIT1',
    nlist: NLIST,
    seed: 42,
    population: 100000,
    sampleRows: ROWS,
    sampleSha256: sha256(bytes),
  };

  const refused = await unary(client, 'CreateTrainingJob', {
    protocolVersion: 'PROTOCOL_VERSION_1',
    spec: { ...spec, dim: 0 },
  }).catch((error) => error);
  assert.strictEqual(refused.code, grpc.status.INVALID_ARGUMENT);

  const { job } = await unary(client, 'CreateTrainingJob', {
    protocolVersion: 'PROTOCOL_VERSION_1',
    spec,
  });
  assert.ok(job.sampleNeeded);

  const progress = [];
  const watch = client.WatchJob({ jobId: job.id });
  const watching = collect(watch, (m) => progress.push(m.progress));
  await Promise.race([once(watch, 'data'), watching]); // or phases may be over before it watches
  await upload(client, job.id, bytes);
  await watching;

  for (const phase of PHASES) {
    const seen = progress.filter((p) => p.phase === `JOB_PHASE_${phase}`);
    assert.ok(seen.length > 0, `progress in phase ${phase}`);
    for (const { percent } of seen) {
      assert.ok(percent >= 0 && percent <= 100, `percent in phase ${phase}: ${percent}`);
    }
  }
  const last = progress.at(-1);
  assert.strictEqual(last.state, 'JOB_STATE_SUCCEEDED');
  assert.strictEqual(last.percent, 100);
  assert.ok(last.listSizes.max >= last.listSizes.min);

  const { report, calibration } = await unary(client, 'GetTrainingReport', { jobId: job.id });
  assert.ok(report.lists >= 1 && report.lists <= NLIST);
  assert.ok(report.clustering.objective.length > 0);
  assert.ok(calibration.curves.length > 0);

  const { header, codebook } = await fetchCodebook(client, job.id);
  console.log(
    JSON.stringify({
      codebookId: header.codebook.id.toString('hex'),
      codebookBytes: codebook.length,
      lists: report.lists,
      messages: progress.length,
    }),
  );
  client.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
