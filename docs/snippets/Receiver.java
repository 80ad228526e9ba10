// Receiver.java: WEBHOOK_SECRET=… PORT=8080 java Receiver.java
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
  static final String SECRET = System.getenv("WEBHOOK_SECRET");
  static final byte[] KEY = SECRET.startsWith("whsec_") ? Base64.getDecoder().decode(SECRET.substring(6)) : utf8(SECRET);
  static final Set<String> processed = ConcurrentHashMap.newKeySet(); // a table with a unique key, in earnest

  static boolean isGenuine(Headers headers, byte[] rawBody) throws Exception {
    String seconds = Objects.requireNonNullElse(headers.getFirst("webhook-timestamp"), "");
    if (!seconds.matches("[0-9]{1,12}")) return false;
    if (Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(seconds)) > 300) return false;
    byte[] mac = hmac(KEY, utf8(headers.getFirst("webhook-id") + "." + seconds + "."), rawBody);
    String signatures = Objects.requireNonNullElse(headers.getFirst("webhook-signature"), "");
    if (!hasOne(List.of(signatures.split(" ")), "v1," + Base64.getEncoder().encodeToString(mac))) return false;
    List<String> plain = new ArrayList<>();
    for (String name : List.of("X-Webhook-Signature", "X-Webhook-Signature-Previous"))
      plain.addAll(headers.getOrDefault(name, List.of()));
    return plain.isEmpty() || hasOne(plain, "sha256=" + HexFormat.of().formatHex(hmac(utf8(SECRET), rawBody)));
  }

  /** While a secret is being replaced there are two signatures, one of each. */
  static boolean hasOne(List<String> given, String expected) {
    boolean found = false;
    for (String each : given) found |= MessageDigest.isEqual(utf8(each), utf8(expected));
    return found;
  }

  static byte[] hmac(byte[] key, byte[]... parts) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    for (byte[] part : parts) mac.update(part);
    return mac.doFinal();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
      byte[] rawBody = exchange.getRequestBody().readNBytes(1_000_000);
      int status = 500;
      try {
        status = isGenuine(exchange.getRequestHeaders(), rawBody) ? 204 : 401;
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        if (status == 204 && processed.add(id))
          System.out.println(exchange.getRequestHeaders().getFirst("X-Webhook-Event") + " " + id);
      } catch (Exception fault) {
        fault.printStackTrace();
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
    System.out.println("listening on port " + server.getAddress().getPort());
  }
}
