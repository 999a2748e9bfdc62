// Reads an unpacked evidence bundle with Sigstore's verifier: signatures under checkpoints, and inclusion proofs.
//
//   node sigstore.mjs FOLDER POLICY        (OUTSIDE names the folder that `prepare` filled)
//
// What is judged by @sigstore/verify lies in dist/tlog of its package, which its index does not export: hence the pinned
// version and the paths. This file only cuts texts into the shapes that those functions take.
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [folder, policyFile] = process.argv.slice(2);
if (!policyFile) {
  console.error('usage: node sigstore.mjs FOLDER POLICY');
  process.exit(64);
}
const modules = resolve(process.env.OUTSIDE ?? '.', 'node_modules');
const require = createRequire(join(modules, 'x.js'));
const { verifyCheckpoint } = require(join(modules, '@sigstore/verify/dist/tlog/checkpoint.js'));
const { verifyMerkleInclusion } = require(join(modules, '@sigstore/verify/dist/tlog/merkle.js'));

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
const ALGORITHM_ED25519 = 1;
let failed = false;

const read = (name) => readFileSync(join(folder, name));
const lines = (name) => read(name).toString('latin1').replace(/\n$/, '').split('\n');

function tell(name, check) {
  try {
    console.log('ok', name, check() ?? '');
  } catch (error) {
    failed = true;
    console.log('FAIL', name, error.message);
  }
}

// The logs of the auditor's policy, in the shape of Sigstore's trust root.
function trusted() {
  const logs = readFileSync(policyFile, 'utf8').split('\n').map((line) => line.trim().split(/[ \t]+/));
  return logs.filter(([word]) => word === 'log').map(([, vkey]) => {
    const [name, , key] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/).slice(1);
    const raw = Buffer.from(key, 'base64');
    if (raw[0] !== ALGORITHM_ED25519) throw new Error('no Ed25519 key');
    return {
      baseURL: name,
      logID: createHash('sha256').update(`${name}\n`).update(raw).digest(),
      publicKey: createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw.subarray(1)]), format: 'der', type: 'spki' }),
    };
  });
}

const logs = trusted();

function opened(note) {
  const checkpoint = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: note } } }, logs);
  if (!logs.some((log) => log.baseURL === checkpoint.origin)) throw new Error('a checkpoint of another log');
  return checkpoint;
}

function proved(name, leaf, number) {
  const text = read(name).toString('utf8');
  const gap = text.indexOf('\n\n');
  const [format, ...rest] = text.slice(0, gap).split('\n');
  if (format !== 'c2sp.org/tlog-proof@v1') throw new Error('no tlog-proof');
  if (rest[0].startsWith('extra ')) rest.shift();
  const index = rest.shift().match(/^index (0|[1-9][0-9]*)$/)[1];
  if (number !== undefined && index !== number) throw new Error(`it is not for entry ${number}`);
  const checkpoint = opened(text.slice(gap + 2));
  const hashes = rest.map((line) => Buffer.from(line, 'base64'));
  verifyMerkleInclusion({ inclusionProof: { logIndex: index, hashes }, canonicalizedBody: leaf }, checkpoint);
  return `entry ${index} of ${checkpoint.logSize}`;
}

const leaves = lines('events.jsonl').map((line) => Buffer.from(line, 'latin1'));
const numbers = lines('events.idx');

for (const name of ['open.checkpoint', 'seal.checkpoint']) tell(name, () => String(opened(read(name).toString('utf8')).logSize));
tell('seal.tlog-proof', () => proved('seal.tlog-proof', leaves.at(-1), numbers.at(-1)));
if (existsSync(join(folder, 'open.anchored.json'))) {
  const leaf = Buffer.from(read('open.anchored.json').toString('latin1').replace(/\n$/, ''), 'latin1');
  tell('open.anchored.tlog-proof', () => proved('open.anchored.tlog-proof', leaf));
}
const receipts = existsSync(join(folder, 'receipts')) ? readdirSync(join(folder, 'receipts')) : [];
for (const name of receipts.filter((one) => one.endsWith('.tlog-proof')).sort()) {
  const number = name.replace('.tlog-proof', '');
  tell(`receipts/${name}`, () => proved(`receipts/${name}`, leaves[numbers.indexOf(number)], number));
}
process.exit(failed ? 1 : 0);
