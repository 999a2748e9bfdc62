import com.lowagie.text.Rectangle;
import com.lowagie.text.pdf.PdfReader;
import com.lowagie.text.pdf.PdfSignatureAppearance;
import com.lowagie.text.pdf.PdfStamper;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.Security;
import java.security.cert.Certificate;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** OpenPDF, the heir of iText 2, as a signer: adbe.pkcs7.sha1 or adbe.x509.rsa_sha1, as two decades of servers made them. */
final class OpenPdfMaker {
    static void sign(Job job) throws Exception {
        if (Security.getProvider("BC") == null) Security.addProvider(new BouncyCastleProvider());
        try (OutputStream out = Files.newOutputStream(job.out())) {
            PdfReader reader = new PdfReader(Files.readAllBytes(job.in()));
            PdfStamper stamper = PdfStamper.createSignature(reader, out, '\0', null, true);
            PdfSignatureAppearance look = stamper.getSignatureAppearance();
            look.setCrypto(
                    job.key(),
                    job.chain().toArray(Certificate[]::new),
                    null,
                    job.get("format").equals("adbe.x509.rsa_sha1")
                            ? PdfSignatureAppearance.SELF_SIGNED
                            : PdfSignatureAppearance.WINCER_SIGNED);
            if (job.is("certify")) look.setCertificationLevel(PdfSignatureAppearance.CERTIFIED_FORM_FILLING);
            if (!job.get("field").isEmpty()) look.setVisibleSignature(job.get("field"));
            else if (job.is("visible")) look.setVisibleSignature(new Rectangle(72, 300, 272, 350), 1, null);
            stamper.close();
        }
    }
}
