// Trains a codebook with a running sidecar and shares it: node client.js HOST:PORT PROTO_DIR
// Prints one JSON object with what it got; exits with status 1 and a reason if anything is wrong.
// Made from nothing but the .proto files and docs/protocol.md.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const { once } = require('node:events');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const [target, protoDir] = process.argv.slice(2);

const ROWS = 4000;
const DIM = 32;
const NLIST = 16;
const CHUNK_ROWS = 1000;
const CODEBOOK_CHUNK = 500;
const VERSION = 'PROTOCOL_VERSION_1';
const FIELD = { index: 'from-node', field: 'vector' };
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

/** Takes a header and chunks; `sizes` finds size and hash in the header. */
async function receiveCodebook(stream, sizes) {
  let header;
  const parts = [];
  await collect(stream, (message) => {
    if (message.header) {
      header = message.header;
    } else {
      assert.strictEqual(crc32c(message.chunk.data), message.chunk.crc32c);
      parts.push(message.chunk.data);
    }
  });
  const codebook = Buffer.concat(parts);
  const { sizeBytes, sha256: hash } = sizes(header);
  assert.strictEqual(String(codebook.length), sizeBytes);
  assert.ok(sha256(codebook).equals(hash), 'checksum of the codebook');
  return { header, codebook };
}

/** The types that travel as bytes. */
function reportTypes() {
  const root = new protobuf.Root();
  root.resolvePath = (origin, target) => path.join(protoDir, target);
  root.loadSync('luceneivf/v1/trained_codebook.proto');
  return {
    TrainingReport: root.lookupType('luceneivf.v1.TrainingReport'),
    Calibration: root.lookupType('luceneivf.v1.Calibration'),
  };
}

/** Checks a report's checksum over the bytes that came, and only then looks into them. */
function readReport(types, bytes) {
  const all = Buffer.concat([bytes.report, bytes.calibration]);
  assert.strictEqual(crc32c(all), bytes.crc32c, 'checksum of the report');
  const report = types.TrainingReport.decode(bytes.report);
  const calibration = types.Calibration.decode(bytes.calibration);
  assert.ok(report.lists >= 1 && report.lists <= NLIST);
  assert.strictEqual(report.requestedLists, NLIST);
  assert.strictEqual(Number(report.population), 100000);
  assert.ok(report.samples > 0 && report.samples <= ROWS);
  const { objective, sizes } = report.clustering;
  assert.ok(objective.length > 1 && objective.at(-1) <= objective[0], `objective ${objective}`);
  assert.ok(sizes.min <= sizes.median && sizes.median <= sizes.max);
  assert.ok(sizes.imbalance >= 1, `imbalance ${sizes.imbalance}`);
  assert.ok(calibration.queries > 0);
  assert.ok(calibration.bands.length > 0);
  for (const { k, byProbe } of calibration.bands.flatMap((band) => band.curves)) {
    assert.ok(byProbe.length > 0, `curve of ${k}`);
    assert.strictEqual(byProbe.at(-1).recall, 1, `recall@${k} of all lists`);
  }
  return { report, calibration };
}

/** The same report as this library writes it, with where it ran. */
function writeReport(types, { report, calibration }) {
  const reportBytes = types.TrainingReport.encode({ ...report, trainedBy: 'node' }).finish();
  const calibrationBytes = types.Calibration.encode(calibration).finish();
  const crc = crc32c(Buffer.concat([reportBytes, calibrationBytes]));
  return { report: reportBytes, calibration: calibrationBytes, crc32c: crc };
}

function publish(client, header, codebook) {
  return new Promise((resolve, reject) => {
    const call = client.PublishCodebook((error, response) =>
      error ? reject(error) : resolve(response),
    );
    call.write({ header });
    for (let offset = 0; offset < codebook.length; offset += CODEBOOK_CHUNK) {
      const data = codebook.subarray(offset, offset + CODEBOOK_CHUNK);
      call.write({ chunk: { offset, data, crc32c: crc32c(data) } });
    }
    call.end();
  });
}

/** Publishes a codebook, and fetches it again as another process would. */
async function share(client, types, { header, codebook }, trained) {
  const report = writeReport(types, trained);
  const published = {
    protocolVersion: VERSION,
    ...FIELD,
    codebook: header.codebook,
    sizeBytes: header.sizeBytes,
    sha256: header.sha256,
    report,
  };
  const damaged = { ...report, crc32c: (report.crc32c ^ 1) >>> 0 };
  const refused = await publish(client, { ...published, report: damaged }, codebook).catch(
    (error) => error,
  );
  assert.strictEqual(refused.code, grpc.status.INVALID_ARGUMENT);
  assert.match(refused.details, /crc32c of report/);

  const { created, codebook: kept } = await publish(client, published, codebook);
  assert.ok(created);
  assert.ok(kept.codebook.id.equals(header.codebook.id));

  const fetched = await receiveCodebook(
    client.FetchCodebook({ protocolVersion: VERSION, ...FIELD }),
    (first) => first.codebook,
  );
  assert.ok(fetched.codebook.equals(codebook), 'the codebook that was published');
  assert.ok(fetched.header.report.report.equals(report.report), 'the bytes of the report');
  assert.ok(fetched.header.report.calibration.equals(report.calibration));
  assert.strictEqual(readReport(types, fetched.header.report).report.trainedBy, 'node');

  const known = { protocolVersion: VERSION, ...FIELD, knownId: header.codebook.id };
  const messages = [];
  await collect(client.FetchCodebook(known), (message) => messages.push(message));
  assert.strictEqual(messages.length, 1);
  assert.ok(messages[0].header.unchanged);
}

async function main() {
  const definition = protoLoader.loadSync(
    ['luceneivf/v1/training_service.proto', 'luceneivf/v1/codebook_service.proto'],
    { includeDirs: [protoDir], longs: String, enums: String, defaults: true, oneofs: true },
  );
  const { TrainingService, CodebookService } =
    grpc.loadPackageDefinition(definition).luceneivf.v1;
  const client = new TrainingService(target, grpc.credentials.createInsecure());
  const registry = new CodebookService(target, grpc.credentials.createInsecure());
  const types = reportTypes();
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
    protocolVersion: VERSION,
    spec: { ...spec, dim: 0 },
  }).catch((error) => error);
  assert.strictEqual(refused.code, grpc.status.INVALID_ARGUMENT);

  const { job } = await unary(client, 'CreateTrainingJob', {
    protocolVersion: VERSION,
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

  const { report } = await unary(client, 'GetTrainingReport', { jobId: job.id });
  const trained = readReport(types, report);
  assert.strictEqual(trained.report.trainedBy, '');

  const received = await receiveCodebook(client.GetCodebook({ jobId: job.id }), (first) => first);
  await share(registry, types, received, trained);
  console.log(
    JSON.stringify({
      codebookId: received.header.codebook.id.toString('hex'),
      codebookBytes: received.codebook.length,
      lists: trained.report.lists,
      samples: trained.report.samples,
      messages: progress.length,
    }),
  );
  client.close();
  registry.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
