import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.pdf.IPdfObjFactory;
import eu.europa.esig.dss.pdf.ServiceLoaderPdfObjFactory;
import eu.europa.esig.dss.pdf.modifications.DefaultPdfDifferencesFinder;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;

/** EU DSS on PDFs, offline, with one anchor: file, field, indication, sub-indication, level; tabs between; `-` is none. */
public final class Judge {
    public static void main(String[] args) {
        CommonTrustedCertificateSource trust = new CommonTrustedCertificateSource();
        trust.addCertificate(DSSUtils.loadCertificate(new File(args[0])));
        for (int i = 1; i < args.length; i++) {
            File file = new File(args[i]);
            try {
                print(file.getName(), validate(file, trust));
            } catch (Exception e) {
                System.out.println(file.getName() + "\t-\tERROR\t" + e.toString().replaceAll("\\s", " ") + "\t-");
            }
        }
    }

    private static void print(String name, Reports reports) {
        SimpleReport report = reports.getSimpleReport();
        for (String id : report.getSignatureIdList()) {
            SignatureWrapper found = reports.getDiagnosticData().getSignatureById(id);
            String field = String.join(" ", found.getPDFRevision().getSignatureFieldNames());
            Object sub = report.getSubIndication(id) == null ? "-" : report.getSubIndication(id);
            System.out.println(
                    String.join("\t", name, field, report.getIndication(id).toString(), sub.toString(), report.getSignatureFormat(id).toString()));
        }
    }

    /** As DSS judges by default, but for its comparison of rendered pages, which takes 96 % of its time. */
    private static Reports validate(File file, CommonTrustedCertificateSource trust) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trust);
        verifier.setAIASource(null);
        DefaultPdfDifferencesFinder finder = new DefaultPdfDifferencesFinder();
        finder.setMaximalPagesAmountForVisualComparison(0);
        IPdfObjFactory factory = new ServiceLoaderPdfObjFactory();
        factory.setPdfDifferencesFinder(finder);
        PDFDocumentValidator validator = new PDFDocumentValidator(new FileDocument(file));
        validator.setPdfObjFactory(factory);
        validator.setCertificateVerifier(verifier);
        return validator.validateDocument();
    }
}
