import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One signature to make: a line of `key=value` separated by tabs. Keys: see ../README.md. */
record Job(Map<String, String> values) {
    static List<Job> read(String list) throws Exception {
        List<Job> jobs = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(list))) {
            Map<String, String> values = new TreeMap<>();
            for (String pair : line.split("\t")) values.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
            jobs.add(new Job(values));
        }
        return jobs;
    }

    String get(String key) {
        return values.getOrDefault(key, "");
    }

    boolean is(String key) {
        return get(key).equals("yes");
    }

    Path in() {
        return Path.of(get("in"));
    }

    Path out() {
        return Path.of(get("out"));
    }

    char[] passphrase() {
        return get("passphrase").toCharArray();
    }

    PrivateKey key() throws Exception {
        KeyStore store = store();
        return (PrivateKey) store.getKey(store.aliases().nextElement(), passphrase());
    }

    List<X509Certificate> chain() throws Exception {
        KeyStore store = store();
        Certificate[] chain = store.getCertificateChain(store.aliases().nextElement());
        return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
    }

    private KeyStore store() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(get("p12"))) {
            store.load(in, passphrase());
        }
        return store;
    }
}
