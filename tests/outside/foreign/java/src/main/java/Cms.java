import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.ess.ESSCertID;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificate;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cms.CMSAttributeTableGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

/** BouncyCastle's CMS in the habits of many signers: padding, digest, attributes, encoding, Adobe's revocation archive. */
final class Cms {
    private static final BouncyCastleProvider BC = new BouncyCastleProvider();
    private static final ASN1ObjectIdentifier ADOBE_ARCHIVE = new ASN1ObjectIdentifier("1.2.840.113583.1.1.8");

    static byte[] of(Job job, byte[] content) throws Exception {
        List<X509Certificate> chain = job.chain();
        boolean enclosed = job.get("format").equals("adbe.pkcs7.sha1");
        byte[] signed = enclosed ? MessageDigest.getInstance("SHA-1").digest(content) : content;
        JcaSignerInfoGeneratorBuilder builder =
                new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider(BC).build());
        if (job.is("bare")) builder.setDirectSignature(true);
        else builder.setSignedAttributeGenerator(attributes(job, chain));
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
                builder.build(
                        new JcaContentSignerBuilder(algorithm(job, job.key())).setProvider(BC).build(job.key()),
                        chain.get(0)));
        generator.addCertificates(new JcaCertStore(chain));
        CMSSignedData made = generator.generate(new CMSProcessableByteArray(signed), enclosed);
        if (!job.get("level").equals("B-B")) made = stamped(job, made);
        return made.toASN1Structure().getEncoded(job.is("ber") ? "BER" : "DER");
    }

    private static String algorithm(Job job, PrivateKey key) {
        String digest = job.get("digest").isEmpty() ? "SHA256" : job.get("digest");
        return switch (key.getAlgorithm()) {
            case "RSA" -> digest + "with" + (job.is("pss") ? "RSAandMGF1" : "RSA");
            case "EdDSA", "Ed25519" -> "Ed25519";
            default -> digest + "withECDSA";
        };
    }

    private static CMSAttributeTableGenerator attributes(Job job, List<X509Certificate> chain) {
        return parameters -> {
            Hashtable<ASN1ObjectIdentifier, Attribute> table =
                    new DefaultSignedAttributeTableGenerator().getAttributes(parameters).toHashtable();
            try {
                if (job.get("format").startsWith("ETSI")) {
                    table.remove(CMSAttributes.signingTime);
                    table.remove(CMSAttributes.cmsAlgorithmProtect);
                }
                for (Attribute more : extra(job, chain)) table.put(more.getAttrType(), more);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return new AttributeTable(table);
        };
    }

    private static List<Attribute> extra(Job job, List<X509Certificate> chain) throws Exception {
        byte[] der = chain.get(0).getEncoded();
        List<Attribute> found = new java.util.ArrayList<>();
        if (job.is("ess1")) {
            ESSCertID id = new ESSCertID(MessageDigest.getInstance("SHA-1").digest(der));
            found.add(new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificate, new DERSet(new SigningCertificate(id))));
        } else if (job.get("format").startsWith("ETSI")) {
            ESSCertIDv2 id = new ESSCertIDv2((AlgorithmIdentifier) null, MessageDigest.getInstance("SHA-256").digest(der));
            found.add(new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(new SigningCertificateV2(id))));
        }
        if (job.is("archive")) found.add(new Attribute(ADOBE_ARCHIVE, new DERSet(archive(job, chain))));
        return found;
    }

    /** ISO 32000-1 clause 12.8.3.3.2: RevocationInfoArchival, with the CRLs and OCSP responses of the moment. */
    private static DERSequence archive(Job job, List<X509Certificate> chain) throws Exception {
        ASN1EncodableVector lists = new ASN1EncodableVector();
        lists.add(ASN1Primitive.fromByteArray(fetch(job.get("crl"), null, null)));
        CertificateID id =
                new CertificateID(
                        new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                        new JcaX509CertificateHolder(chain.get(1)),
                        chain.get(0).getSerialNumber());
        byte[] request = new OCSPReqBuilder().addRequest(id).build().getEncoded();
        ASN1EncodableVector answers = new ASN1EncodableVector();
        answers.add(ASN1Primitive.fromByteArray(fetch(job.get("ocsp"), request, "application/ocsp-request")));
        ASN1EncodableVector both = new ASN1EncodableVector();
        both.add(new DERTaggedObject(true, 0, new DERSequence(lists)));
        both.add(new DERTaggedObject(true, 1, new DERSequence(answers)));
        return new DERSequence(both);
    }

    private static CMSSignedData stamped(Job job, CMSSignedData made) throws Exception {
        SignerInformation signer = made.getSignerInfos().iterator().next();
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        byte[] imprint = MessageDigest.getInstance("SHA-256").digest(signer.getSignature());
        TimeStampRequest request = generator.generate(TSPAlgorithms.SHA256, imprint);
        TimeStampResponse response =
                new TimeStampResponse(fetch(job.get("tsa"), request.getEncoded(), "application/timestamp-query"));
        response.validate(request);
        Attribute token =
                new Attribute(
                        PKCSObjectIdentifiers.id_aa_signatureTimeStampToken,
                        new DERSet(ASN1Primitive.fromByteArray(response.getTimeStampToken().getEncoded())));
        Hashtable<ASN1ObjectIdentifier, Attribute> table = new Hashtable<>();
        table.put(token.getAttrType(), token);
        SignerInformation with = SignerInformation.replaceUnsignedAttributes(signer, new AttributeTable(table));
        return CMSSignedData.replaceSigners(made, new SignerInformationStore(with));
    }

    private static byte[] fetch(String url, byte[] body, String type) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (body != null) request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).header("Content-Type", type);
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body();
    }
}
