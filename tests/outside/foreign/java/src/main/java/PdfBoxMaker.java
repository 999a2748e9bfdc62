import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Calendar;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationWidget;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAppearanceDictionary;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAppearanceStream;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.SignatureOptions;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDSignatureField;

/** PDFBox as a signer, with BouncyCastle's CMS: an existing or a new field, visible or not, certified or not. */
final class PdfBoxMaker {
    static void sign(Job job) throws Exception {
        try (PDDocument document = Loader.loadPDF(job.in().toFile(), job.get("open"));
                OutputStream out = Files.newOutputStream(job.out());
                SignatureOptions options = new SignatureOptions()) {
            PDSignature signature = value(job);
            PDSignatureField field = job.get("field").isEmpty() ? null : field(document, job.get("field"));
            if (field != null) field.getCOSObject().setItem(COSName.V, signature.getCOSObject());
            if (job.is("certify")) certify(document, signature);
            options.setPreferredSignatureSize(9_000);
            if (job.is("visible") && field == null) options.setVisualSignature(look());
            document.addSignature(signature, content -> value(job, content), options);
            document.saveIncremental(out);
        }
    }

    private static byte[] value(Job job, InputStream content) {
        try {
            return Cms.of(job, content.readAllBytes());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static PDSignature value(Job job) {
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(COSName.getPDFName(job.get("format")));
        signature.setName("Contoh Penanda Tangan");
        signature.setSignDate(Calendar.getInstance());
        return signature;
    }

    private static PDSignatureField field(PDDocument document, String name) {
        PDAcroForm form = document.getDocumentCatalog().getAcroForm(null);
        return (PDSignatureField) form.getField(name);
    }

    /** ISO 32000-1 clause 12.8.4: the reference with its parameters, and /Perms in the catalogue. */
    private static void certify(PDDocument document, PDSignature signature) {
        COSDictionary parameters = new COSDictionary();
        parameters.setItem(COSName.TYPE, COSName.getPDFName("TransformParams"));
        parameters.setInt(COSName.P, 2);
        parameters.setName(COSName.V, "1.2");
        parameters.setDirect(true);
        COSDictionary reference = new COSDictionary();
        reference.setItem(COSName.TYPE, COSName.getPDFName("SigRef"));
        reference.setItem("TransformMethod", COSName.DOCMDP);
        reference.setItem("TransformParams", parameters);
        reference.setDirect(true);
        COSArray references = new COSArray();
        references.add(reference);
        references.setDirect(true);
        signature.getCOSObject().setItem("Reference", references);
        COSDictionary catalogue = document.getDocumentCatalog().getCOSObject();
        COSDictionary permissions = new COSDictionary();
        permissions.setItem(COSName.DOCMDP, signature);
        permissions.setDirect(true);
        catalogue.setItem("Perms", permissions);
        catalogue.setNeedToBeUpdated(true);
    }

    /** A template of one page with a signature widget, as PDFBox wants it. */
    private static InputStream look() throws Exception {
        try (PDDocument template = new PDDocument()) {
            PDPage page = new PDPage(PDRectangle.A4);
            template.addPage(page);
            PDAcroForm form = new PDAcroForm(template);
            template.getDocumentCatalog().setAcroForm(form);
            PDSignatureField field = new PDSignatureField(form);
            form.getFields().add(field);
            PDAnnotationWidget widget = field.getWidgets().get(0);
            widget.setRectangle(new PDRectangle(72, 400, 200, 50));
            PDAppearanceStream stream = new PDAppearanceStream(template);
            stream.setBBox(new PDRectangle(200, 50));
            try (PDPageContentStream content = new PDPageContentStream(template, stream)) {
                content.setLineWidth(2);
                content.addRect(2, 2, 196, 46);
                content.stroke();
            }
            PDAppearanceDictionary appearance = new PDAppearanceDictionary();
            appearance.getCOSObject().setDirect(true);
            appearance.setNormalAppearance(stream);
            widget.setAppearance(appearance);
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            template.save(out);
            return new java.io.ByteArrayInputStream(out.toByteArray());
        }
    }
}
