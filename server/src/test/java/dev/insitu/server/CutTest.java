package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.TestPackages;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutTest {

  @TempDir Path scratch;

  @Test
  void aCutStreamEndsAtAChunkBoundaryAndGoesOnFromThere() throws Exception {
    try (Fixture fixture = Fixture.start(scratch);
        PackageFile file =
            TestPackages.named("m", "1")
                .tensors(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                .chunkBytes(400_000)
                .write(scratch)) {
      fixture.server().library().publish(file);
      Plan plan = fixture.plan("m", Wishes.everything());
      byte[] expected = Fixture.stream(file);
      assertTrue(expected.length > 15_000_000, "more than any socket holds");
      byte[] got;
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(64 << 10);
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.server().port()));
        socket
            .getOutputStream()
            .write(
                ("GET " + Fixture.content(plan) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        skipHead(in);
        byte[] begin = in.readNBytes(1_000_000);
        String answer =
            new String(
                fixture.post("/v1/plans/" + plan.id().hex() + "/cut", new byte[0]).body(),
                StandardCharsets.UTF_8);
        assertEquals("{\"streams\":1}", answer);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(begin);
        in.transferTo(all); // ends because the server closes
        got = all.toByteArray();
      }
      assertTrue(got.length < expected.length, "the stream was cut");
      assertTrue(boundaries(file).contains((long) got.length), got.length + " is a boundary");
      assertArrayEquals(Arrays.copyOf(expected, got.length), got);
      byte[] rest = fixture.get(Fixture.content(plan), "Range", "bytes=" + got.length + "-").body();
      assertArrayEquals(Arrays.copyOfRange(expected, got.length, expected.length), rest);
      assertEquals(
          "{\"streams\":0}",
          new String(
              fixture.post("/v1/plans/" + plan.id().hex() + "/cut", new byte[0]).body(),
              StandardCharsets.UTF_8));
    }
  }

  private static void skipHead(InputStream in) throws Exception {
    int state = 0;
    while (state < 4) {
      int c = in.read();
      state = c == "\r\n\r\n".charAt(state) ? state + 1 : c == '\r' ? 1 : 0;
    }
  }

  private static Set<Long> boundaries(PackageFile file) {
    Set<Long> boundaries = new HashSet<>();
    long end = file.manifestBytes().length;
    for (ChunkSpec chunk : file.manifest().chunks()) {
      boundaries.add(end);
      end += chunk.size();
    }
    return boundaries;
  }
}
