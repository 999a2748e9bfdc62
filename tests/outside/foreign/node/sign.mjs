// Makes the signatures of a list of jobs with @libpdf/core or @signpdf; one line per job: its name and `ok` or why not.
import { readFile, writeFile } from "node:fs/promises";
import { HttpTimestampAuthority, P12Signer, PDF } from "@libpdf/core";
import { plainAddPlaceholder } from "@signpdf/placeholder-plain";
import { pdflibAddPlaceholder } from "@signpdf/placeholder-pdf-lib";
import { P12Signer as ForgeSigner } from "@signpdf/signer-p12";
import signpdf from "@signpdf/signpdf";
import { PDFDocument } from "pdf-lib";

const makers = { libpdf, signpdf: withSignpdf };

async function libpdf(job, pdf) {
  const document = await PDF.load(pdf);
  const signer = await P12Signer.create(await readFile(job.p12), job.passphrase, { buildChain: true });
  const { bytes } = await document.sign({
    signer,
    reason: "Uji coba",
    fieldName: job.field || undefined,
    subFilter: job.format || undefined,
    level: job.format.startsWith("ETSI") ? job.level : undefined,
    timestampAuthority: job.level === "B-B" ? undefined : new HttpTimestampAuthority(job.tsa),
  });
  return bytes;
}

async function withSignpdf(job, pdf) {
  const about = { reason: "Uji coba", contactInfo: "-", name: "Contoh", location: "-", signatureLength: 12000 };
  let prepared;
  if (job.placeholder === "pdf-lib") {
    const document = await PDFDocument.load(pdf);
    pdflibAddPlaceholder({ pdfDoc: document, ...about });
    prepared = Buffer.from(await document.save({ useObjectStreams: false }));
  } else {
    prepared = plainAddPlaceholder({ pdfBuffer: pdf, ...about });
  }
  const signer = new ForgeSigner(await readFile(job.p12), { passphrase: job.passphrase });
  return signpdf.default ? signpdf.default.sign(prepared, signer) : signpdf.sign(prepared, signer);
}

const lines = (await readFile(process.argv[2], "utf8")).split("\n").filter(Boolean);
for (const line of lines) {
  const job = Object.fromEntries(line.split("\t").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  let said = "ok";
  try {
    await writeFile(job.out, await makers[job.maker](job, await readFile(job.in)));
  } catch (error) {
    said = String(error).replaceAll("\n", " ");
  }
  console.log(`${job.name}\t${said}`);
}
