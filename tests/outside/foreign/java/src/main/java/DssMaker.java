import eu.europa.esig.dss.enumerations.CertificationPermission;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.SignatureFieldParameters;
import eu.europa.esig.dss.pades.SignatureImageParameters;
import eu.europa.esig.dss.pades.SignatureImageTextParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.service.crl.OnlineCRLSource;
import eu.europa.esig.dss.service.http.commons.CommonsDataLoader;
import eu.europa.esig.dss.service.http.commons.OCSPDataLoader;
import eu.europa.esig.dss.service.http.commons.TimestampDataLoader;
import eu.europa.esig.dss.service.ocsp.OnlineOCSPSource;
import eu.europa.esig.dss.service.tsp.OnlineTSPSource;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.aia.DefaultAIASource;
import eu.europa.esig.dss.token.DSSPrivateKeyEntry;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import java.io.File;
import java.security.KeyStore.PasswordProtection;

/** EU DSS as a signer: every baseline level, visible or not, certified or not. */
final class DssMaker {
    static void sign(Job job) throws Exception {
        PAdESService service = new PAdESService(verifier(job));
        service.setTspSource(new OnlineTSPSource(job.get("tsa"), new TimestampDataLoader()));
        DSSDocument document = new FileDocument(job.in().toFile());
        if (job.is("extend")) {
            service.extendDocument(document, level(job)).save(job.get("out"));
            return;
        }
        try (Pkcs12SignatureToken token =
                new Pkcs12SignatureToken(new File(job.get("p12")), new PasswordProtection(job.passphrase()))) {
            DSSPrivateKeyEntry key = token.getKeys().get(0);
            PAdESSignatureParameters parameters = parameters(job, key);
            ToBeSigned bytes = service.getDataToSign(document, parameters);
            SignatureValue value = token.sign(bytes, parameters.getDigestAlgorithm(), key);
            service.signDocument(document, parameters, value).save(job.get("out"));
        }
    }

    private static PAdESSignatureParameters level(Job job) {
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.valueOf("PAdES_BASELINE_" + job.get("level").substring(2)));
        return parameters;
    }

    private static PAdESSignatureParameters parameters(Job job, DSSPrivateKeyEntry key) {
        PAdESSignatureParameters parameters = level(job);
        parameters.setDigestAlgorithm(job.is("sha512") ? DigestAlgorithm.SHA512 : DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(key.getCertificate());
        parameters.setCertificateChain(key.getCertificateChain());
        if (job.is("certify")) parameters.setPermission(CertificationPermission.MINIMAL_CHANGES_PERMITTED);
        SignatureImageParameters look = new SignatureImageParameters();
        SignatureFieldParameters field = look.getFieldParameters();
        if (!job.get("field").isEmpty()) field.setFieldId(job.get("field"));
        if (job.is("visible")) {
            SignatureImageTextParameters text = new SignatureImageTextParameters();
            text.setText("Ditandatangani (UJI COBA)");
            look.setTextParameters(text);
            if (job.get("field").isEmpty()) {
                field.setOriginX(72);
                field.setOriginY(500);
                field.setWidth(200);
                field.setHeight(50);
            }
        }
        parameters.setImageParameters(look);
        return parameters;
    }

    private static CommonCertificateVerifier verifier(Job job) {
        CommonTrustedCertificateSource trust = new CommonTrustedCertificateSource();
        CertificateToken root = DSSUtils.loadCertificate(new File(job.get("root")));
        trust.addCertificate(root);
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trust);
        verifier.setAIASource(new DefaultAIASource(new CommonsDataLoader()));
        verifier.setOcspSource(new OnlineOCSPSource(new OCSPDataLoader()));
        verifier.setCrlSource(new OnlineCRLSource(new CommonsDataLoader()));
        return verifier;
    }
}
