/** Makes the signatures of a list of jobs, with the maker each one names; one line per job: its name and `ok` or why not. */
public final class Sign {
    public static void main(String[] args) throws Exception {
        for (Job job : Job.read(args[0])) {
            String said = "ok";
            try {
                switch (job.get("maker")) {
                    case "dss" -> DssMaker.sign(job);
                    case "pdfbox" -> PdfBoxMaker.sign(job);
                    case "openpdf" -> OpenPdfMaker.sign(job);
                    default -> throw new IllegalArgumentException(job.get("maker"));
                }
            } catch (Exception e) {
                said = e.toString().replace('\n', ' ');
            }
            System.out.println(job.get("name") + "\t" + said);
        }
    }
}
