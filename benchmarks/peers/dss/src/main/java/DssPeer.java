import com.sun.management.OperatingSystemMXBean;
import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.pdf.modifications.DefaultPdfDifferencesFinder;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxNativeObjectFactory;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/**
 * DssPeer ROOTS.pem: for every path on standard input, one line "CPU-nanoseconds verdict", where the CPU time is that of
 * the whole process, all threads, and the verdict true if every signature is TOTAL_PASSED. Visual comparison is off.
 */
public final class DssPeer {
    private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    public static void main(String[] args) throws Exception {
        CommonTrustedCertificateSource trust = new CommonTrustedCertificateSource();
        try (FileInputStream in = new FileInputStream(args[0])) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in))
                trust.addCertificate(new CertificateToken((X509Certificate) one));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String path; (path = in.readLine()) != null; ) {
            byte[] pdf = Files.readAllBytes(Path.of(path));
            long before = SYSTEM.getProcessCpuTime();
            boolean passed = validate(pdf, trust);
            System.out.println((SYSTEM.getProcessCpuTime() - before) + " " + passed);
        }
    }

    private static boolean validate(byte[] pdf, CommonTrustedCertificateSource trust) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trust);
        verifier.setAIASource(null);
        DefaultPdfDifferencesFinder pages = new DefaultPdfDifferencesFinder();
        pages.setMaximalPagesAmountForVisualComparison(0);
        PdfBoxNativeObjectFactory factory = new PdfBoxNativeObjectFactory();
        factory.setPdfDifferencesFinder(pages);
        PDFDocumentValidator document = new PDFDocumentValidator(new InMemoryDocument(pdf));
        document.setPdfObjFactory(factory);
        document.setCertificateVerifier(verifier);
        SimpleReport report = document.validateDocument().getSimpleReport();
        boolean all = !report.getSignatureIdList().isEmpty();
        for (String id : report.getSignatureIdList()) all &= report.getIndication(id) == Indication.TOTAL_PASSED;
        return all;
    }
}
