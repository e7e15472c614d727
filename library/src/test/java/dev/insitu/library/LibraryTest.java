package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {

  private static final Duration LEASE = Duration.ofMinutes(10);

  @TempDir Path scratch;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private Library library;

  @BeforeEach
  void open() throws IOException {
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    library = Library.open(scratch.resolve("library"), new LibraryOptions(clock, LEASE, 3));
  }

  @AfterEach
  void close() throws IOException {
    library.close();
  }

  private void reopen() throws IOException {
    library.close();
    open();
  }

  private PackageFile pack(String name, String version, long... seeds) throws IOException {
    return TestPackages.named(name, version).tensors(seeds).write(scratch);
  }

  private OpenPlan open(Wishes wishes, String name) throws IOException {
    StoredPackage stored = library.show(name, Optional.empty());
    Plan plan =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored))
            .plan(wishes);
    return library.open(plan, stored);
  }

  private static byte[] content(OpenPlan plan) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.toArray(plan.head()));
    try (StoredBytes chunks = plan.open()) {
      out.writeBytes(ChunkStoreContract.readAll(chunks));
    }
    return out.toByteArray();
  }

  private static byte[] chunksOf(PackageFile file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ChunkRef ref : ChunkRef.of(file.manifest())) {
      out.writeBytes(Bytes.toArray(file.read(ref.digest(), ref.size())));
    }
    return out.toByteArray();
  }

  @Test
  void aPublishedPackageIsThereWholeAfterReopeningToo() throws IOException {
    PackageFile file = pack("resnet", "1.0", 1, 2, 3);
    Library.Published published = library.publish(file);
    assertFalse(published.already());
    assertEquals(15, published.newChunks());
    for (int round = 0; round < 2; round++) {
      StoredPackage stored = library.show("resnet", Optional.empty());
      assertEquals(file.digest(), stored.digest());
      assertEquals(ByteBuffer.wrap(file.manifestBytes()), stored.manifestBytes());
      byte[] expected = concat(file.manifestBytes(), chunksOf(file));
      assertArrayEquals(expected, content(open(Wishes.everything(), "resnet")));
      for (ChunkRef ref : ChunkRef.of(file.manifest())) {
        assertEquals(file.read(ref.digest(), ref.size()), library.read(ref.digest(), ref.size()));
      }
      reopen();
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(a);
    out.writeBytes(b);
    return out.toByteArray();
  }

  @Test
  void theSamePackageAgainChangesNothingAndAnotherUnderItsVersionIsRefused() throws IOException {
    library.publish(pack("a", "1", 1));
    long bytes = library.bytes();
    assertTrue(library.publish(pack("a", "1", 1)).already());
    LibraryException refused =
        assertThrows(LibraryException.class, () -> library.publish(pack("a", "1", 2)));
    assertEquals(LibraryException.Reason.CONFLICT, refused.reason());
    assertEquals(1, library.list().size());
    assertEquals(bytes, library.bytes());
  }

  @Test
  void latestIsWhatWasPublishedLast() throws IOException {
    library.publish(pack("a", "2", 1));
    library.publish(pack("a", "10", 2));
    library.publish(pack("a", "1", 3));
    assertEquals("1", library.find("a", Optional.empty()).version());
    assertEquals("1", library.find("a", Optional.of("latest")).version());
    assertEquals("10", library.find("a", Optional.of("10")).version());
    assertEquals(LibraryException.Reason.UNKNOWN_VERSION, refusal("a", "3"));
    assertEquals(LibraryException.Reason.UNKNOWN_MODEL, refusal("b", "1"));
  }

  private LibraryException.Reason refusal(String name, String version) {
    LibraryException refused =
        assertThrows(LibraryException.class, () -> library.find(name, Optional.of(version)));
    assertTrue(refused.getMessage().contains("\nMaybe "), refused.getMessage());
    return refused.reason();
  }

  @Test
  void aChunkOfTwoVersionsIsStoredOnce() throws IOException {
    library.publish(pack("a", "1", 1, 2, 3));
    Library.Published second = library.publish(pack("a", "2", 1, 2, 4));
    assertEquals(5, second.newChunks());
    assertEquals(20, library.chunkCount());
    byte[] expected = chunksOf(pack("a", "2", 1, 2, 4));
    byte[] content = content(open(Wishes.everything(), "a"));
    assertArrayEquals(
        expected,
        java.util.Arrays.copyOfRange(content, content.length - expected.length, content.length));
  }

  @Test
  void aCutPackageIsRefusedAndLeavesNothing() throws IOException {
    PackageFile whole = pack("a", "1", 1, 2);
    Path cut = scratch.resolve("cut.insitu");
    byte[] bytes = Files.readAllBytes(whole.path());
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    try (PackageFile file = PackageFile.open(cut, Trust.anybody())) {
      LibraryException refused = assertThrows(LibraryException.class, () -> library.publish(file));
      assertEquals(LibraryException.Reason.INCOMPLETE, refused.reason());
    }
    assertEmpty();
  }

  @Test
  void aPackageWithADamagedChunkIsRefusedAndLeavesNothing() throws IOException {
    PackageFile whole = pack("a", "1", 1, 2);
    byte[] bytes = Files.readAllBytes(whole.path());
    bytes[bytes.length - 1] ^= 1;
    Path damaged = Files.write(scratch.resolve("damaged.insitu"), bytes);
    try (PackageFile file = PackageFile.open(damaged, Trust.anybody())) {
      ElasticException refused = assertThrows(ElasticException.class, () -> library.publish(file));
      assertEquals(ElasticException.Reason.CORRUPT, refused.reason());
    }
    assertEmpty();
    library.publish(whole);
    assertEquals(1, library.list().size());
  }

  private void assertEmpty() throws IOException {
    for (int round = 0; round < 2; round++) {
      assertEquals(List.of(), library.list());
      assertEquals(0, library.chunkCount());
      assertEquals(0, library.bytes());
      try (var files = Files.list(library.directory().resolve("packs"))) {
        assertEquals(0, files.count());
      }
      reopen();
    }
  }

  @Test
  void aDirectoryInUseIsRefusedByName() {
    LibraryException refused =
        assertThrows(LibraryException.class, () -> Library.open(library.directory()));
    assertEquals(LibraryException.Reason.LOCKED, refused.reason());
    assertTrue(refused.getMessage().contains(library.directory().toString()), refused.getMessage());
    assertTrue(
        refused.getMessage().contains("process " + ProcessHandle.current().pid()),
        refused.getMessage());
    assertTrue(refused.getMessage().contains("\nMaybe "), refused.getMessage());
  }

  @Test
  void collectingKeepsWhatAnyVersionRefersTo() throws IOException {
    library.publish(pack("a", "1", 1, 2, 3));
    library.publish(pack("a", "2", 1, 2, 4));
    library.remove("a", "1");
    GcReport dry = library.gc(true);
    assertEquals(new GcReport(true, 1, 0, 5, dry.bytesRemoved(), 15, dry.bytesKept()), dry);
    assertEquals(20, library.chunkCount());
    GcReport real = library.gc(false);
    assertEquals(dry.bytesRemoved(), real.bytesRemoved());
    assertEquals(15, library.chunkCount());
    assertEquals(0, library.gc(false).chunksRemoved());
    byte[] expected = chunksOf(pack("a", "2", 1, 2, 4));
    byte[] content = content(open(Wishes.everything(), "a"));
    assertArrayEquals(
        expected,
        java.util.Arrays.copyOfRange(content, content.length - expected.length, content.length));
  }

  @Test
  void aKeptRootIsStoredKeptAndSentToNobody() throws IOException {
    library.publish(pack("a", "1", 1));
    try (PackageFile file =
        TestPackages.named("a", "2").tensors(1, 2).keepingRoot().write(scratch)) {
      assertEquals(7, library.publish(file).newChunks(), "those of a tensor, a graph and a chunk");
      library.remove("a", "1");
      assertEquals(0, library.gc(false).chunksRemoved());
      for (ObjectRef ref : file.manifest().furtherChunks()) {
        assertEquals(file.read(ref.digest(), ref.size()), library.read(ref.digest(), ref.size()));
      }
      long sent = file.manifestBytes().length + file.manifest().chunkBytes();
      assertEquals(sent, content(open(Wishes.everything(), "a")).length);
    }
    library.remove("a", "2");
    assertEquals(2, library.gc(false).chunksRemoved(), "an open plan keeps what it sends");
  }

  @Test
  void anOpenPlanKeepsItsChunksUntilItsLeaseEnds() throws IOException {
    PackageFile file = pack("a", "1", 1, 2, 3);
    library.publish(file);
    OpenPlan plan = open(Wishes.everything(), "a");
    library.remove("a", "1");
    assertEquals(0, library.gc(false).chunksRemoved());
    now.set(now.get().plus(LEASE.dividedBy(2)));
    assertTrue(library.plan(plan.id()).isPresent()); // used, so its lease begins anew
    now.set(now.get().plus(LEASE.dividedBy(2)).plusSeconds(1));
    assertArrayEquals(
        concat(file.manifestBytes(), chunksOf(file)),
        content(library.plan(plan.id()).orElseThrow()));
    assertEquals(0, library.gc(true).chunksRemoved());
    now.set(now.get().plus(LEASE).plusSeconds(1));
    assertEquals(15, library.gc(false).chunksRemoved());
    assertTrue(library.plan(plan.id()).isEmpty());
    LibraryException gone = assertThrows(LibraryException.class, plan::open);
    assertEquals(LibraryException.Reason.UNKNOWN_CHUNK, gone.reason());
  }

  @Test
  void whoReadsReadsOnThroughACollection() throws IOException {
    PackageFile file = pack("a", "1", 1, 2, 3);
    library.publish(file);
    OpenPlan plan = open(Wishes.everything(), "a");
    try (StoredBytes reading = plan.open()) {
      library.remove("a", "1");
      now.set(now.get().plus(LEASE).plusSeconds(1));
      assertEquals(15, library.gc(false).chunksRemoved());
      assertArrayEquals(chunksOf(file), ChunkStoreContract.readAll(reading));
    }
  }

  @Test
  void anOpenPlanFindsItsChunksAgainAfterTheyMoved() throws IOException {
    library.publish(pack("a", "1", 1, 2));
    library.publish(pack("b", "1", 2, 3));
    OpenPlan plan = open(Wishes.everything(), "b");
    byte[] before = content(plan);
    library.remove("a", "1");
    assertEquals(5, library.gc(false).chunksRemoved());
    assertArrayEquals(before, content(plan));
  }

  @Test
  void tooManyOpenPlansEndTheOneLeastRecentlyUsed() throws IOException {
    library.publish(pack("a", "1", 1, 2, 3));
    OpenPlan first = open(Wishes.everything(), "a");
    OpenPlan second = open(wishes(1), "a");
    open(wishes(2), "a");
    library.plan(first.id());
    open(held("a", 15), "a");
    assertEquals(3, library.openPlans());
    assertTrue(library.plan(first.id()).isPresent());
    assertTrue(library.plan(second.id()).isEmpty());
  }

  private Wishes held(String name, int chunks) {
    Digest digest = library.find(name, Optional.empty()).manifest();
    return Wishes.everything().withHeld(new Wishes.Held(digest, List.of(new Range(0, chunks))));
  }

  private static Wishes wishes(int depth) {
    Wishes all = Wishes.everything();
    return new Wishes(
        all.bits(),
        java.util.OptionalInt.of(depth),
        all.maxBytes(),
        all.deadline(),
        all.rate(),
        all.startAgreement(),
        all.held());
  }

  @Test
  void aPlanForARemovedVersionIsNotOpened() throws IOException {
    library.publish(pack("a", "1", 1));
    StoredPackage stored = library.show("a", Optional.empty());
    Plan plan =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored))
            .plan(Wishes.everything());
    library.remove("a", "1");
    assertEquals(
        LibraryException.Reason.UNKNOWN_MANIFEST,
        assertThrows(LibraryException.class, () -> library.open(plan, stored)).reason());
    assertEquals(0, library.openPlans());
  }

  @Test
  void anUpdateSendsTheManifestAsAPatchAndOnlyNewChunks() throws IOException {
    PackageFile old = pack("a", "1", 1, 2, 3, 4, 5, 6, 7, 8);
    PackageFile fresh = pack("a", "2", 1, 2, 3, 4, 5, 6, 7, 9);
    library.publish(old);
    library.publish(fresh);
    Wishes wishes =
        Wishes.everything()
            .withHeld(
                new Wishes.Held(
                    old.digest(), List.of(new Range(0, old.manifest().chunks().size()))));
    OpenPlan plan = open(wishes, "a");
    assertEquals(Plan.ManifestForm.PATCH, plan.plan().content().form());
    assertTrue(
        plan.head().remaining() < fresh.manifestBytes().length / 2,
        plan.head().remaining() + " bytes of patch");
    assertEquals(fresh.digest(), ManifestCodec.expand(plan.head(), old.body()).digest());
    assertEquals(5, plan.chunks().size());
    assertEquals(plan.plan().bytes(), content(plan).length);
  }

  @Test
  void aDifferenceIsSentWhereItIsSmaller() throws IOException {
    PackageFile old = pack("a", "1", 1, 2, 3);
    library.publish(old);
    library.publish(TestPackages.named("a", "2").tensors(4, 5, 6).differenceTo(old).write(scratch));
    Wishes wishes =
        Wishes.everything()
            .withHeld(
                new Wishes.Held(
                    old.digest(), List.of(new Range(0, old.manifest().chunks().size()))));
    OpenPlan plan = open(wishes, "a");
    assertTrue(plan.plan().content().difference());
    assertEquals(1, plan.chunks().size());
    assertEquals(plan.length(), content(plan).length);
  }

  @Test
  void boundariesAreWhereChunksEnd() throws IOException {
    PackageFile file = pack("a", "1", 1, 2);
    library.publish(file);
    OpenPlan plan = open(Wishes.everything(), "a");
    long head = plan.head().remaining();
    int first = file.manifest().chunks().get(0).size();
    int second = file.manifest().chunks().get(1).size();
    assertEquals(head, plan.boundaryAtOrAfter(0));
    assertEquals(head, plan.boundaryAtOrAfter(head));
    assertEquals(head + first, plan.boundaryAtOrAfter(head + 1));
    assertEquals(head + first + second, plan.boundaryAtOrAfter(head + first + 1));
    assertEquals(plan.length(), plan.boundaryAtOrAfter(plan.length()));
    assertEquals(plan.length(), plan.boundaryAtOrAfter(plan.length() + 1));
  }
}
