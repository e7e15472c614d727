package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of test packages on a raw socket that can do everything wrong a server or a network can.
 */
final class FaultServer implements AutoCloseable {

  private final ServerSocket listener;
  private final Map<Digest, byte[]> plans = new ConcurrentHashMap<>();
  private final Map<Digest, TestPackage> packages = new ConcurrentHashMap<>();
  private final Map<String, TestPackage> latest = new ConcurrentHashMap<>();
  private final Map<Digest, List<Signed>> signatures = new ConcurrentHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Queue<Fault> contentFaults = new ConcurrentLinkedQueue<>();
  private final Queue<Fault> planFaults = new ConcurrentLinkedQueue<>();
  private final AtomicLong bodyBytes = new AtomicLong();

  /** Ranges of all content requests; empty for those without. */
  final List<String> contentRequests = new CopyOnWriteArrayList<>();

  /** Wishes that were posted. */
  final List<Wishes> planRequests = new CopyOnWriteArrayList<>();

  /** Bytes per second of content; 0 for no limit. */
  volatile long rate;

  /** Applied to content as it is sent. */
  volatile Corruption corruption = (position, value) -> value;

  private volatile boolean closed;

  /** Changes bytes on their way. */
  interface Corruption {
    byte apply(long position, byte value);
  }

  /** One thing that goes wrong with one request. */
  sealed interface Fault {
    /** The connection is reset after so many bytes of the body. */
    record CutAfter(long bytes) implements Fault {}

    /** Nothing more comes after so many bytes of the body. */
    record StallAfter(long bytes) implements Fault {}

    /** Another status, with a header line. */
    record Status(int status, String header) implements Fault {}

    /** The whole content in answer to a range. */
    record IgnoreRange() implements Fault {}

    /** The content is said to be another one. */
    record OtherTag() implements Fault {}

    /** Another Content-Range than the one asked for. */
    record WrongRange() implements Fault {}

    /** A body without end. */
    record Endless() implements Fault {}

    /** The plan's answer is replaced. */
    record Body(String text) implements Fault {}
  }

  FaultServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::acceptAll, "fault-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  int port() {
    return listener.getLocalPort();
  }

  void publish(TestPackage some, Signed... signed) {
    packages.put(some.digest(), some);
    latest.put(some.name, some);
    signatures.put(some.digest(), List.of(signed));
  }

  /** Publishes a package under a name that is not its own. */
  void publish(String name, TestPackage some) {
    packages.put(some.digest(), some);
    latest.put(name, some);
    signatures.put(some.digest(), List.of());
  }

  void onContent(Fault... faults) {
    contentFaults.addAll(List.of(faults));
  }

  void onPlan(Fault... faults) {
    planFaults.addAll(List.of(faults));
  }

  /** Bytes of content handed to the kernel. */
  long bodyBytes() {
    return bodyBytes.get();
  }

  /** Forgets all plans and drops all connections, as a server that is restarted. */
  void restart() {
    plans.clear();
    cutAll();
  }

  void cutAll() {
    for (Socket socket : connections) {
      reset(socket);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it has been closed already
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private void acceptAll() {
    while (!closed) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        connections.add(socket);
        Thread thread = new Thread(() -> serve(socket), "fault-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        if (!closed) {
          e.printStackTrace();
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      while (answer(socket, in, out)) {
        // the next request of the connection
      }
    } catch (IOException e) {
      // the client went, or was cut
    } finally {
      connections.remove(socket);
    }
  }

  private boolean answer(Socket socket, InputStream in, OutputStream out) throws IOException {
    String line = readLine(in);
    if (line == null) {
      return false;
    }
    Map<String, String> headers = new java.util.HashMap<>();
    for (String header = readLine(in); header != null && !header.isEmpty(); header = readLine(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
          header.substring(colon + 1).trim());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    String path = line.split(" ", -1)[1];
    if (path.endsWith("/content")) {
      return content(socket, path.split("/", -1)[3], headers, out);
    }
    return plan(path.split("/", -1)[3], body, out);
  }

  private boolean plan(String model, byte[] body, OutputStream out) throws IOException {
    Fault fault = planFaults.poll();
    if (fault instanceof Fault.Status status) {
      head(out, status.status(), status.header(), 0);
      return true;
    }
    if (fault instanceof Fault.Body other) {
      byte[] text = other.text().getBytes(StandardCharsets.UTF_8);
      head(out, 200, "Content-Type: application/json", text.length);
      out.write(text);
      return true;
    }
    Wishes wishes = PlanJson.readWishes(body);
    planRequests.add(wishes);
    TestPackage some = latest.get(model.split("\\?", -1)[0]);
    Plan plan = planOf(some, wishes);
    plans.put(plan.id(), content(plan, some));
    byte[] json = PlanJson.write(plan);
    head(
        out,
        200,
        "Insitu-Signatures: " + SignedPlan.format(signatures.get(some.digest())),
        json.length);
    out.write(json);
    return true;
  }

  Plan planOf(TestPackage some, Wishes wishes) {
    return new PlanMaker(some.manifest, some.digest(), Profile.unmeasured(), new Sizes(some))
        .plan(wishes);
  }

  private final class Sizes implements PlanMaker.ManifestSizes {
    private final TestPackage some;

    Sizes(TestPackage some) {
      this.some = some;
    }

    @Override
    public long whole() {
      return some.manifestBytes.length;
    }

    @Override
    public OptionalLong patch(Digest base) {
      TestPackage known = packages.get(base);
      return known == null
          ? OptionalLong.empty()
          : OptionalLong.of(ManifestCodec.patch(some.body, known.body).length);
    }

    @Override
    public Optional<Manifest> manifest(Digest base) {
      return Optional.ofNullable(packages.get(base)).map(known -> known.manifest);
    }
  }

  private byte[] content(Plan plan, TestPackage some) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    switch (plan.content().form()) {
      case HELD -> {}
      case WHOLE -> all.writeBytes(some.manifestBytes);
      case PATCH ->
          all.writeBytes(
              ManifestCodec.patch(
                  some.body, packages.get(plan.content().base().orElseThrow()).body));
    }
    if (plan.content().difference()) {
      ContentLayout.differenceOf(plan, some.manifest).orElseThrow().chunks().stream()
          .map(DifferenceChunk::digest)
          .forEach(digest -> all.writeBytes(some.chunk(digest)));
    }
    Range.indices(plan.content().chunks()).forEach(i -> all.writeBytes(some.chunk(i)));
    return all.toByteArray();
  }

  private boolean content(Socket socket, String id, Map<String, String> headers, OutputStream out)
      throws IOException {
    String range = headers.getOrDefault("range", "");
    contentRequests.add(range);
    Fault fault = contentFaults.poll();
    if (fault instanceof Fault.Status status) {
      head(out, status.status(), status.header(), 0);
      return true;
    }
    byte[] all = plans.get(Digest.parse(id));
    if (all == null) {
      byte[] problem =
          "{\"code\":\"plan-unknown\",\"status\":404}".getBytes(StandardCharsets.UTF_8);
      head(out, 404, "Content-Type: application/problem+json", problem.length);
      out.write(problem);
      return true;
    }
    return send(socket, id, fault, range, all, out);
  }

  private boolean send(
      Socket socket, String id, Fault fault, String range, byte[] all, OutputStream out)
      throws IOException {
    int from = 0;
    int to = all.length;
    boolean partial = !range.isEmpty() && !(fault instanceof Fault.IgnoreRange);
    if (partial) {
      String[] ends = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(ends[0]);
      to = ends[1].isEmpty() ? all.length : Integer.parseInt(ends[1]) + 1;
    }
    String tag = fault instanceof Fault.OtherTag ? "0".repeat(64) : id;
    String header = "ETag: \"" + tag + "\"";
    if (partial) {
      int first = fault instanceof Fault.WrongRange ? from + 1 : from;
      header += "\r\nContent-Range: bytes " + first + "-" + (to - 1) + "/" + all.length;
    }
    if (fault instanceof Fault.Endless) {
      out.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(all);
      byte[] more = new byte[65_536];
      while (true) {
        out.write(more);
        bodyBytes.addAndGet(more.length);
      }
    }
    head(out, partial ? 206 : 200, header, to - from);
    return sendBody(socket, fault, all, from, to, out);
  }

  private boolean sendBody(
      Socket socket, Fault fault, byte[] all, int from, int to, OutputStream out)
      throws IOException {
    int end = to;
    if (fault instanceof Fault.CutAfter cut) {
      end = (int) Math.min(to, from + cut.bytes());
    }
    if (fault instanceof Fault.StallAfter stall) {
      end = (int) Math.min(to, from + stall.bytes());
    }
    int step = rate == 0 ? 65_536 : (int) Math.max(1, Math.min(65_536, rate / 50));
    for (int at = from; at < end; at += step) {
      byte[] some = java.util.Arrays.copyOfRange(all, at, Math.min(end, at + step));
      for (int i = 0; i < some.length; i++) {
        some[i] = corruption.apply(at + i, some[i]);
      }
      out.write(some);
      out.flush();
      bodyBytes.addAndGet(some.length);
      if (rate > 0) {
        sleep(1000L * some.length / rate);
      }
    }
    if (fault instanceof Fault.CutAfter && end < to) {
      sleep(20); // what was sent is to arrive
      reset(socket);
      return false;
    }
    if (fault instanceof Fault.StallAfter && end < to) {
      sleep(60_000);
    }
    return true;
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void head(OutputStream out, int status, String header, long length)
      throws IOException {
    String head =
        "HTTP/1.1 " + status + " x\r\n" + header + "\r\nContent-Length: " + length + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        String text = line.toString(StandardCharsets.US_ASCII);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(next);
    }
    return null;
  }

  /** A copy of what was asked for so far. */
  List<String> ranges() {
    return new ArrayList<>(contentRequests);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
    cutAll();
  }
}
